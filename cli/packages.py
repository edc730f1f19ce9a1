"""Debian packages: which are missing, and installing them where we may."""

import importlib.util
import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from . import postgres
from .problem import Problem
from .process import capture, clean_environment, run
from .progress import say, step

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Package:
    """A Debian package, how to see that what it brings is there, and its use."""

    name: str
    is_present: object
    use: str
    required: bool = True


def _has_program(*names):
    return any(shutil.which(name, path=_search_path()) for name in names)


def _search_path():
    # An ordinary user's PATH lacks the folders of the daemons.
    return os.environ.get("PATH", os.defpath) + ":/usr/sbin:/usr/local/sbin:/sbin"


def _has_venv():
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def _has_font():
    return Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").exists()


def has_chromium():
    """Whether a Chromium is there to print PDF files and to run the tours."""
    return _has_program(*CHROMIUM_NAMES)


def has_patched_wkhtmltopdf():
    """Whether Odoo's own printing works: Debian's wkhtmltopdf is not enough."""
    return "with patched qt" in (capture(["wkhtmltopdf", "--version"]) or "")


def needed_packages(for_test, private_postgres):
    """Return the packages that the command needs, present or not."""
    packages = [Package("python3-venv", _has_venv, "the virtual environment")]
    if private_postgres:
        packages.append(Package("postgresql", postgres.find_bin, "the database"))
    if for_test or not has_patched_wkhtmltopdf():
        use = "the browser tests" if for_test else "PDF reports"
        packages += [
            Package("chromium", has_chromium, use, required=for_test),
            Package("fonts-dejavu-core", _has_font, use, required=False),
        ]
    if for_test:
        packages += [
            Package(
                "chromium-driver",
                lambda: _has_program("chromedriver"),
                "the browser tests",
            ),
            Package(
                "dovecot-imapd",
                lambda: Path("/usr/lib/dovecot/imap").exists(),
                "the mail tests",
            ),
            Package(
                "poppler-utils",
                lambda: _has_program("pdftotext", "pdftoppm"),
                "the tests of PDF reports",
            ),
        ]
    return packages


def ensure_packages(layout, for_test, private_postgres):
    """Install the missing packages, or say which command the person must run."""
    packages = needed_packages(for_test, private_postgres)
    missing = [package for package in packages if not package.is_present()]
    if not missing:
        return
    names = [package.name for package in missing]
    prefix = _privilege_prefix()
    if shutil.which("apt-get") and prefix is not None:
        with step(f"Installing the Debian packages {', '.join(names)}"):
            _install(layout, names, prefix)
        missing = [package for package in packages if not package.is_present()]
    _complain(missing)


def _privilege_prefix():
    """Return what to put before a command to run it as root, None if we may not."""
    if os.geteuid() == 0:
        return []
    if capture(["sudo", "-n", "true"]) is not None:
        return ["sudo", "-n"]
    return None


def _install(layout, names, prefix):
    env = clean_environment(DEBIAN_FRONTEND="noninteractive")
    script = [
        "set -e",
        "export DEBIAN_FRONTEND=noninteractive",
        "apt-get update",
    ]
    if "postgresql" in names:
        # Debian would start a cluster of its own, that nobody asked for.
        script += [
            "conf=/etc/postgresql-common/createcluster.conf",
            "mkdir -p /etc/postgresql-common",
            '[ -e "$conf" ] || echo "create_main_cluster = false" > "$conf"',
        ]
    script.append(
        "apt-get install -y --no-install-recommends "
        "-o Dpkg::Options::=--force-confold " + shlex.join(names)
    )
    run(
        [*prefix, "sh", "-c", "\n".join(script)],
        "Installing Debian packages",
        layout.setup_log,
        env=env,
    )


def _complain(missing):
    names = " ".join(package.name for package in missing)
    uses = ", ".join(dict.fromkeys(package.use for package in missing))
    if not missing:
        return
    if shutil.which("apt-get"):
        what = f"sudo apt-get install --no-install-recommends {names}"
    else:
        what = f"install what Debian calls {names}"
    if any(package.required for package in missing):
        raise Problem(
            f"Missing for {uses}: run `{what}`, then run the same command again."
        )
    say(f"  Note: missing for {uses}; to have it run `{what}`.")


def check_python():
    """Raise a Problem when this Python cannot make virtual environments."""
    if not _has_venv():
        raise Problem(
            f"{sys.executable} cannot make virtual environments: install its venv "
            "module, or use Debian's own python3 with the package python3-venv."
        )
