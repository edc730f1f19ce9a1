import subprocess
import sys
from pathlib import Path

import pytest

from cli import postgres
from cli.config import write_config
from cli.database import check_name
from cli.layout import find_layout
from cli.odoo_source import Odoo, ensure_odoo, read_version
from cli.postgres import Endpoint, find_external
from cli.problem import Problem
from cli.process import clean_environment, run

RELEASE = "FINAL = 'final'\nversion_info = ({}, 0, 0, FINAL, 0, '')\n"


@pytest.fixture
def make_odoo(tmp_path):
    def make(series):
        package = tmp_path / "source" / "odoo"
        package.mkdir(parents=True)
        (package / "release.py").write_text(RELEASE.format(series))
        return package.parent

    return make


def test_odoo_path_names_a_source_folder(layout, make_odoo):
    source = make_odoo(19)

    assert read_version(source) == "19.0"
    for path in (source, source / "odoo"):
        assert ensure_odoo(layout, {"ODOO_PATH": str(path)}).site == source


def test_odoo_path_with_another_version(layout, make_odoo):
    source = make_odoo(18)

    with pytest.raises(Problem, match=r"which is Odoo 18\.0"):
        ensure_odoo(layout, {"ODOO_PATH": str(source)})


def test_odoo_path_without_odoo(layout, tmp_path):
    with pytest.raises(Problem, match="there is no Odoo in it"):
        ensure_odoo(layout, {"ODOO_PATH": str(tmp_path)})


def test_private_database_server_unless_one_is_named(layout):
    assert find_external(layout, {}) is None

    named = find_external(layout, {"PGHOST": "db", "PGUSER": "me"})
    assert named.settings == {"db_host": "db", "db_user": "me"}
    assert not named.private

    (layout.root / "odoo.conf").write_text("[options]\ndb_port = 5433\n")
    assert find_external(layout, {}).settings == {"db_port": "5433"}


def test_long_socket_folder_is_moved(layout):
    short = Path("/srv/socket")
    long = Path("/srv") / ("x" * 100)

    assert postgres._socket_folder(layout, short, "pg") == short
    moved = postgres._socket_folder(layout, long, "pg")
    assert len(str(moved)) < 60
    assert postgres._socket_folder(layout, long, "pg-test") != moved


def test_configuration_is_made_from_the_repositorys(layout, tmp_path):
    odoo = Odoo(tmp_path, "19.0")
    endpoint = Endpoint(host="/socket", user="odoo")
    path = write_config(layout, "run", endpoint, layout.home / "data", odoo, workers=2)

    lines = path.read_text().splitlines()
    assert "http_interface = 127.0.0.1" in lines
    assert "db_host = /socket" in lines
    assert f"addons_path = {layout.addons}" in lines
    assert "workers = 2" in lines
    assert path.stat().st_mode & 0o777 == 0o600


def test_foreign_settings_do_not_reach_our_processes():
    environ = {"PGHOST": "x", "ODOO_RC": "x", "ODOO_DEV": "xml", "PATH": "/bin"}

    assert clean_environment(environ=environ) == {"ODOO_DEV": "xml", "PATH": "/bin"}
    assert "PGHOST" in clean_environment(keep_pg=True, environ=environ)


@pytest.mark.parametrize("name", ["", "a b", "-a", "a/b", "x" * 60])
def test_bad_names_of_databases(name):
    with pytest.raises(Problem):
        check_name(name)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("write error: No space left on device", "The disk is full"),
        ("Temporary failure resolving 'mirror'", "The network cannot be reached"),
        ("The repository is not signed.", "The signature or checksum"),
        ("anything else", "Preparing failed: the reason is at the end of"),
    ],
)
def test_failures_become_sentences(layout, output, sentence):
    with pytest.raises(Problem, match=sentence):
        run(["sh", "-c", f'echo "{output}"; exit 1'], "Preparing", layout.setup_log)


def helpdesk(tmp_path, *arguments, **environ):
    root = find_layout().root
    return subprocess.run(
        [sys.executable, root / "helpdesk", *arguments],
        env=clean_environment(HELPDESK_HOME=tmp_path / "home", **environ),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "environ", "sentence"),
    [
        (["run", "--db", "a b"], {}, "cannot name a database"),
        (["run"], {"ODOO_PATH": "/nowhere", "PGHOST": "/nowhere"}, "ODOO_PATH is"),
        (["test", "nowhere/test_x.py"], {}, "There are no tests in nowhere"),
        (["bench", "nothing"], {}, "There is no measurement 'nothing'"),
    ],
)
def test_an_error_is_one_sentence(tmp_path, arguments, environ, sentence):
    done = helpdesk(tmp_path, *arguments, **environ)

    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_reset_asks_and_takes_no_answer_for_no(tmp_path):
    (tmp_path / "home" / "log").mkdir(parents=True)
    (tmp_path / "home" / "mine").touch()

    done = helpdesk(tmp_path, "reset")
    assert done.returncode == 1
    assert (tmp_path / "home" / "log").exists()

    assert helpdesk(tmp_path, "reset", "--yes").returncode == 0
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["mine"]


def test_stop_when_nothing_runs(tmp_path):
    done = helpdesk(tmp_path, "stop")

    assert (done.returncode, done.stdout) == (0, "Nothing was running.\n")
