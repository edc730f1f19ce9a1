"""A Dovecot of our own on loopback: IMAP mailboxes in a private folder."""

import grp
import imaplib
import os
import pwd
import signal
import socket
import subprocess
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from cli.scratch import ScratchFolder
from support.waiting import wait_for

PROGRAM = "/usr/sbin/dovecot"
PASSWORD = "test"

COMMON = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
service imap-login {{
  chroot =
  inet_listener imap {{
    {address} = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
VERSION_2_3 = """
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
"""
VERSION_2_4 = """
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {folder}/mail/%{{user}}
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {user}
    gid = {group}
    home = {folder}/mail/%{{user}}
  }}
}}
"""


class Dovecot:
    """An IMAP server; any user name gets in with the test password."""

    def __init__(self, port):
        self.port = port
        self._scratch = ScratchFolder()
        self.folder = self._scratch.path
        # Dovecot gives no mail access to root: nobody runs it then.
        self.account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.process = None

    def start(self):
        for name in ("run", "state", "mail"):
            (self.folder / name).mkdir()
        config = self.folder / "dovecot.conf"
        config.write_text(self._get_config())
        if self.account:
            for path in (self.folder, *self.folder.iterdir()):
                os.chown(path, self.account.pw_uid, self.account.pw_gid)
        # Output into a file: a daemon that inherits a pipe keeps its reader waiting.
        with (self.folder / "output").open("wb") as output:
            self.process = subprocess.Popen(
                [PROGRAM, "-F", "-c", config],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **self._get_identity(),
            )
        self._scratch.note_daemon(self.process.pid)
        wait_for(f"Dovecot ({self.folder}/dovecot.log)", self._answers, 20)

    def _get_identity(self):
        if not self.account:
            return {}
        return {
            "user": self.account.pw_uid,
            "group": self.account.pw_gid,
            "extra_groups": [],
        }

    def _get_config(self):
        version = subprocess.run(
            [PROGRAM, "--version"], capture_output=True, text=True, check=True
        ).stdout.split()[0]
        is_old = tuple(map(int, version.split(".")[:2])) < (2, 4)
        account = self.account or pwd.getpwuid(os.geteuid())
        text = (VERSION_2_3 if is_old else VERSION_2_4) + COMMON
        if not is_old:
            numbers = ".".join(version.split("-")[0].split(".")[:3])
            text = (
                f"dovecot_config_version = {numbers}\n"
                f"dovecot_storage_version = {numbers}\n{text}"
            )
        return text.format(
            folder=self.folder,
            user=account.pw_name,
            group=grp.getgrgid(account.pw_gid).gr_name,
            address="address" if is_old else "listen",
            port=self.port,
            password=PASSWORD,
        )

    def _answers(self):
        if self.process.poll() is not None:
            text = (self.folder / "output").read_text(errors="replace")
            raise AssertionError(f"Dovecot did not start: {text}")
        try:
            with closing(socket.create_connection(("127.0.0.1", self.port), 5)) as it:
                return it.recv(4) == b"* OK"
        except OSError:
            return False

    @contextmanager
    def connect(self, user):
        """A connection to somebody's mailbox, with its inbox selected."""
        connection = imaplib.IMAP4("127.0.0.1", self.port, timeout=30)
        try:
            connection.login(user, PASSWORD)
            connection.select("INBOX")
            yield connection
        finally:
            connection.logout()

    def deliver(self, user, *messages):
        """Put mails (bytes) into somebody's inbox, unread."""
        with self.connect(user) as connection:
            for message in messages:
                status, answer = connection.append("INBOX", "", None, message)
                if status != "OK":
                    raise OSError(answer)

    def search(self, user, criterion):
        """Numbers of the mails in somebody's inbox (``UNSEEN``, ``ALL``)."""
        with self.connect(user) as connection:
            _status, (numbers,) = connection.search(None, criterion)
        return (numbers or b"").split()

    def signal_sessions(self, sign):
        """Send a signal to the processes that serve the open mailboxes."""
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                name, rest = path.read_text().split("(", 1)[1].rsplit(")", 1)
            except OSError:
                continue
            if name == "imap" and int(rest.split()[1]) == self.process.pid:
                os.kill(int(path.parent.name), sign)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self._scratch.remove()
