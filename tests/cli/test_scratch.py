import subprocess
import sys

from cli.scratch import PREFIX, ScratchFolder, remove_leftovers

# A run that makes a folder with a daemon in it, says where, and is killed.
RUN = """
import os, signal, subprocess, sys
from cli.scratch import ScratchFolder
folder = ScratchFolder(sys.argv[1])
daemon = subprocess.Popen(
    [sys.executable, "-c", "import signal; signal.pause()", str(folder.path)],
    start_new_session=True,
    stdout=subprocess.DEVNULL,
)
folder.note_daemon(daemon.pid)
print(folder.path, daemon.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def run_and_die(parent):
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(parent)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    path, pid = done.stdout.split()
    return path, int(pid)


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stream:
            return stream.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_a_killed_run_left_is_removed(tmp_path):
    path, pid = run_and_die(tmp_path)
    assert is_alive(pid)

    assert [str(it) for it in remove_leftovers(tmp_path)] == [path]
    assert not is_alive(pid)
    assert not list(tmp_path.iterdir())


def test_a_process_that_has_the_number_of_the_daemon_lives_on(tmp_path):
    path, pid = run_and_die(tmp_path)
    other = subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.pause()"],
        start_new_session=True,
    )
    try:
        (tmp_path / path / "daemon.pid").write_text(str(other.pid))
        assert remove_leftovers(tmp_path)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
        subprocess.run(["kill", str(pid)], check=True)


def test_folder_of_a_living_run_stays(tmp_path):
    folder = ScratchFolder(tmp_path)

    assert remove_leftovers(tmp_path) == []
    assert folder.path.is_dir()
    folder.remove()
    assert not folder.path.exists()


def test_folder_without_a_lock_stays(tmp_path):
    (tmp_path / f"{PREFIX}foreign").mkdir()

    assert remove_leftovers(tmp_path) == []
    assert (tmp_path / f"{PREFIX}foreign").is_dir()
