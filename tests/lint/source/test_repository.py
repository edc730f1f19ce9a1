"""What every addon has, and what no file of the repository may hold."""

import ast
import re

from cli.addons import find_addons, read_manifest
from cli.layout import find_layout

# A file of a person's machine would be of no use to anybody else.
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(?:root|work|workspace|home/[a-z]\w*)/")
ADDRESS = re.compile(r"https?://([\w.-]+)")
# Hosts that a file may name: loopback, names reserved for examples, name spaces,
# licences and the home pages of Odoo and of this suite.
KNOWN_HOST = re.compile(
    r"^(127\.\d+\.\d+\.\d+|localhost|[\w.-]*\bexample(\.(com|org|net))?|[\w.-]*\.test"
    r"|[\w.-]*\.invalid|www\.w3\.org|(www\.)?(gnu|fsf)\.org|schemas\.[\w.-]+"
    r"|(www\.)?odoo\.com|github\.com|img\.shields\.io|purl\.org|ns\.adobe\.com"
    r"|keepachangelog\.com|semver\.org)$"
)
LICENCES = ("LICENSE",)
TEXT = {
    *(".cfg", ".conf", ".css", ".csv", ".eml", ".html", ".ini", ".js", ".json"),
    *(".md", ".po", ".pot", ".py", ".rst", ".scss", ".sh", ".sql", ".svg", ".toml"),
    *(".txt", ".xml", ".yaml", ".yml", ""),
}

ADDONS = find_addons(find_layout())
# A lower addon never names a higher one: it offers a hook.
HIGHER = {
    "helpdesk_ntr": r"helpdesk_(?!ntr\b)\w+",
    "helpdesk_sla": r"helpdesk_kb|helpdesk_(ntr|sla|kb)_\w+",
    "helpdesk_kb": r"helpdesk_sla|helpdesk_(ntr|sla|kb)_\w+",
}


def find_lines(paths, is_wrong):
    """Return file:line of the lines in which something is wrong."""
    found = []
    for path in paths:
        if path.suffix not in TEXT or path.name in LICENCES:
            continue
        text = path.read_text(errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            if is_wrong(line):
                found.append(f"{path}:{number}: {line.strip()[:160]}")
    return found


def test_no_path_of_a_machine(repository_files):
    found = find_lines(repository_files, MACHINE_PATH.search)
    assert not found, "\n".join(found)


def test_no_unknown_host(repository_files):
    def names_unknown_host(line):
        return any(
            not KNOWN_HOST.match(host.rstrip(".")) for host in ADDRESS.findall(line)
        )

    # Mails of the corpus name whatever hosts real mails name.
    paths = [path for path in repository_files if path.suffix != ".eml"]
    found = find_lines(paths, names_unknown_host)
    assert not found, "\n".join(found)


def test_requirements_are_pinned(root):
    for name in ("requirements.txt", "tests/requirements.txt"):
        lines = (root / name).read_text().splitlines()
        loose = [line for line in lines if line[:1] not in "#" and "==" not in line]
        assert not loose, f"{name}: {loose}"


def test_addon_is_complete(addon):
    needed = (
        "__manifest__.py",
        "pyproject.toml",
        "readme",
        "static/description/icon.png",
        "static/description/index.html",
    )
    missing = [name for name in needed if not (addon / name).exists()]
    assert not missing, f"{addon.name} lacks {', '.join(missing)}"
    assert "whool" in (addon / "pyproject.toml").read_text()


def test_manifest(addon):
    manifest = read_manifest(addon)
    assert re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", manifest["version"])
    assert manifest["license"] == "LGPL-3"


def test_no_higher_addon_is_named(addon):
    names = HIGHER.get(addon.name)
    if not names:
        return
    paths = [
        path
        for path in addon.rglob("*")
        if path.is_file() and path.suffix in (".py", ".xml", ".csv", ".js")
    ]
    pattern = re.compile(rf"\b({names})\b")

    def names_higher(line):
        return any(match[0] in ADDONS for match in pattern.finditer(line))

    found = find_lines(paths, names_higher)
    assert not found, "\n".join(found)


def test_tools_do_not_import_odoo(addon):
    for path in sorted(addon.glob("tools/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [alias.name for alias in getattr(node, "names", ())]
            if isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            assert not any(name.split(".")[0] == "odoo" for name in modules), path
