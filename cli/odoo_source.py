"""Odoo 19: taken from where the person has it, or fetched from Debian, checked."""

import ast
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .problem import Problem
from .process import capture, clean_environment, failure, run
from .progress import say, step

SERIES = "19.0"
KNOWN_VERSION = "19.0.0+dfsg-1"
KNOWN_SHA256 = "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf"

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SITE = "usr/lib/python3/dist-packages"

# Debian has Odoo 19 in its unstable suite only. It is unpacked, not installed;
# fonts whose links must not dangle come from the machine's own suite.
UNSTABLE = "sid"
UNSTABLE_PACKAGES = (
    "odoo-19",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "fonts-glyphicons-halflings",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
OWN_PACKAGES = ("fonts-font-awesome", "fonts-inconsolata")

# Translations other than Russian are two thirds of the package.
NOT_UNPACKED = ("./usr/share/doc", "*/i18n/[a-qs-z]*.po", "*/i18n/ro*.po")

# Debian leaves this file out (its licence) although the list of assets names it,
# and a browser then reports an error on every page. It blurs the background of
# video calls; an empty file in its place keeps the pages clean.
LEFT_OUT_BY_DEBIAN = (
    "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
)


@dataclass(frozen=True)
class Odoo:
    """A folder that goes on Python's path, and the version found there."""

    site: Path
    version: str
    fetched: bool = False

    @property
    def addons_paths(self):
        """The folders with Odoo's own addons."""
        candidates = (self.site / "odoo" / "addons", self.site / "addons")
        return [path for path in candidates if path.is_dir()]


def ensure_odoo(layout, environ=os.environ):
    """Return the Odoo to use, fetching it when there is none."""
    named = environ.get("ODOO_PATH")
    if named:
        return _check_series(_find_site(Path(named).expanduser().absolute()))
    importable = _importable_site()
    if importable and read_version(importable) == SERIES:
        return Odoo(importable, SERIES)
    site = layout.odoo / SITE
    if not read_version(site):
        _fetch(layout)
    return Odoo(site, _fetched_version(layout), fetched=True)


def read_version(site):
    """Return the series of the Odoo in a folder, e.g. "19.0", or None."""
    release = Path(site) / "odoo" / "release.py"
    if not release.is_file():
        return None
    for node in ast.parse(release.read_text()).body:
        targets = [getattr(target, "id", "") for target in getattr(node, "targets", ())]
        if "version_info" in targets and isinstance(node.value, ast.Tuple):
            return ".".join(ast.unparse(part) for part in node.value.elts[:2])
    return None


def _find_site(path):
    for site in (path, path / SITE, path.parent):
        if (site / "odoo" / "release.py").is_file():
            return site
    raise Problem(
        f"ODOO_PATH is {path}, and there is no Odoo in it: name the folder that "
        "holds odoo-bin or the package odoo."
    )


def _check_series(site):
    version = read_version(site)
    if version != SERIES:
        raise Problem(
            f"ODOO_PATH is {site}, which is Odoo {version}: this suite needs Odoo "
            f"{SERIES}, so name a folder with that version."
        )
    return Odoo(site, version)


def _importable_site():
    try:
        spec = importlib.util.find_spec("odoo.release")
    except (ImportError, AttributeError, ValueError):
        return None
    return Path(spec.origin).parent.parent if spec and spec.origin else None


def _os_release():
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name: value.strip("\"'") for name, _, value in pairs}


def _fetch(layout):
    release = _os_release()
    if release.get("ID") != "debian" or not release.get("VERSION_CODENAME"):
        raise Problem(
            "Odoo 19 can be fetched on Debian 12 and 13 only: set ODOO_PATH to a "
            "folder with Odoo 19 Community, then run the same command again."
        )
    mirror = _find_mirror()
    work = layout.home / "odoo.new"
    shutil.rmtree(work, ignore_errors=True)
    own = release["VERSION_CODENAME"]
    with step("Reading Debian's package lists, signatures checked"):
        configs = {
            suite: _prepare_apt(work, suite, mirror, layout)
            for suite in dict.fromkeys((UNSTABLE, own))
        }
    with step("Fetching Odoo 19 Community (130 MB)"):
        debs = work / "debs"
        debs.mkdir()
        _download(layout, configs[UNSTABLE], UNSTABLE_PACKAGES, debs)
        _download(layout, configs[own], OWN_PACKAGES, debs)
    with step("Unpacking Odoo"):
        fetched = _describe(debs)
        _unpack(layout, debs, work / "odoo")
        (work / "odoo" / "fetched.json").write_text(json.dumps(fetched))
        shutil.rmtree(layout.odoo, ignore_errors=True)
        (work / "odoo").rename(layout.odoo)
        shutil.rmtree(work)
    if fetched != {"version": KNOWN_VERSION, "sha256": KNOWN_SHA256}:
        say(
            f"  Note: Debian now has Odoo {fetched['version']}, this suite was last "
            f"tested with {KNOWN_VERSION}."
        )


def _find_mirror():
    """Return the address from which this machine takes Debian itself."""
    targets = capture(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    )
    for uri in (targets or "").splitlines():
        if re.search(r"/debian/?$", uri):
            return uri
    raise Problem(
        "No Debian mirror is set up in /etc/apt, so Odoo 19 cannot be fetched: add "
        "one, or set ODOO_PATH to a folder with Odoo 19 Community."
    )


def _prepare_apt(work, suite, mirror, layout):
    """Make package lists of one suite beside the machine's own; return the config."""
    folder = work / "apt" / suite
    (folder / "lists" / "partial").mkdir(parents=True)
    (folder / "cache" / "archives" / "partial").mkdir(parents=True)
    (folder / "status").touch()
    sources = folder / "sources.list"
    sources.write_text(f"deb [signed-by={KEYRING}] {mirror} {suite} main\n")
    architecture = capture(["dpkg", "--print-architecture"])
    settings = {
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::Etc::Preferences": "/dev/null",
        "Dir::Etc::PreferencesParts": "/dev/null",
        "Dir::State": folder,
        "Dir::State::Lists": folder / "lists",
        "Dir::State::Status": folder / "status",
        "Dir::Cache": folder / "cache",
        "Dir::Cache::archives": folder / "cache" / "archives",
        "Dir::Log": folder,
        "Acquire::Languages": "none",
        "APT::Architecture": architecture,
        # The folder may be one that apt's own account cannot enter.
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
        "Debug::NoLocking": "true",
    }
    config = folder / "apt.conf"
    config.write_text(
        "".join(f'{name} "{value}";\n' for name, value in settings.items())
        + f'APT::Architectures {{ "{architecture}"; }};\n'
    )
    run(
        ["apt-get", "--error-on=any", "update"],
        "Reading Debian's package lists",
        layout.setup_log,
        env=clean_environment(APT_CONFIG=config),
    )
    return config


def _download(layout, config, packages, folder):
    env = clean_environment(APT_CONFIG=config)
    if "odoo-19" in packages and not capture(["apt-cache", "show", "odoo-19"], env=env):
        raise Problem(
            "Debian's unstable suite has no odoo-19 at present: set ODOO_PATH to a "
            "folder with Odoo 19 Community, then run the same command again."
        )
    run(
        ["apt-get", "download", *packages],
        "Fetching Odoo 19",
        layout.setup_log,
        env=env,
        cwd=folder,
    )


def _describe(debs):
    (deb,) = debs.glob("odoo-19_*.deb")
    digest = hashlib.sha256()
    with deb.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    version = capture(["dpkg-deb", "-f", deb, "Version"])
    return {"version": version, "sha256": digest.hexdigest()}


def _unpack(layout, debs, target):
    target.mkdir()
    exclude = [f"--exclude={pattern}" for pattern in NOT_UNPACKED]
    for deb in sorted(debs.glob("*.deb")):
        with subprocess.Popen(
            ["dpkg-deb", "--fsys-tarfile", os.fspath(deb)], stdout=subprocess.PIPE
        ) as archive:
            _extract(layout, archive.stdout, target, exclude)
        if archive.returncode:
            raise Problem(f"{deb.name} is damaged: run the same command again.")
    placeholder = target / SITE / LEFT_OUT_BY_DEBIAN
    if not placeholder.exists():
        placeholder.parent.mkdir(parents=True, exist_ok=True)
        placeholder.write_text("")


def _extract(layout, stream, target, exclude):
    with layout.setup_log.open("ab") as log:
        start = log.tell()
        tar = subprocess.run(
            ["tar", "-x", "-C", target, "--no-same-owner", "--wildcards", *exclude],
            stdin=stream,
            stdout=log,
            stderr=log,
            check=False,
        )
    if tar.returncode:
        raise failure("Unpacking Odoo", layout.setup_log, start)


def _fetched_version(layout):
    try:
        return json.loads((layout.odoo / "fetched.json").read_text())["version"]
    except (OSError, ValueError, KeyError):
        return SERIES
