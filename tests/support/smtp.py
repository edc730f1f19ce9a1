"""SMTP on both sides: the entrance for clients' mail and the sink for Odoo's."""

import email
import email.policy
import re
import smtplib
import threading
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from lxml import html

from support.waiting import wait_for

LOOPBACK = "127.0.0.1"
MAX_SIZE = 50_000_000


class _Controller(Controller):
    def factory(self):
        return SMTP(self.handler, data_size_limit=MAX_SIZE, enable_SMTPUTF8=True)


@dataclass(frozen=True)
class Letter:
    """A mail that Odoo sent, as its SMTP server gave it away."""

    recipients: tuple
    message: EmailMessage

    @property
    def subject(self):
        return str(self.message["Subject"] or "")

    @property
    def message_id(self):
        return str(self.message["Message-Id"] or "").strip()

    @property
    def references(self):
        """Every Message-ID that this letter answers."""
        headers = (self.message["References"], self.message["In-Reply-To"])
        return {word for header in headers for word in str(header or "").split()}

    @property
    def html(self):
        return self.message.get_body(("html",)).get_content()

    @property
    def text(self):
        """What a person reads in the letter."""
        root = html.fromstring(self.html)
        return " ".join(root.text_content().split())

    def get_links(self, path):
        """{text: address} of the links to addresses that hold this path."""
        return {
            " ".join(link.text_content().split()) or link.get("href"): link.get("href")
            for link in html.fromstring(self.html).iter("a")
            if path in (link.get("href") or "")
        }


class Sink:
    """The mail server that Odoo sends through: keeps every letter."""

    def __init__(self, port):
        self.port = port
        # Called with the count of letters when one has come, before it is confirmed.
        self.on_letter = None
        self._letters = []
        self._lock = threading.Lock()
        self._controller = _Controller(self, hostname=LOOPBACK, port=port)

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(
            envelope.content, policy=email.policy.default
        )
        with self._lock:
            self._letters.append(Letter(tuple(envelope.rcpt_tos), message))
            count = len(self._letters)
        if self.on_letter:
            self.on_letter(count)
        return "250 OK"

    def start(self):
        self._controller.start()

    def stop(self):
        self._controller.stop()

    def find(self, to, subject="", text="", after=0):
        """Letters to an address whose subject and text hold these words.

        :param int after: leave out so many of the letters that came first
        """
        with self._lock:
            letters = self._letters[after:]
        return [
            letter
            for letter in letters
            if to in letter.recipients
            and subject in letter.subject
            and (not text or text in letter.text)
        ]

    @property
    def letters(self):
        """All letters that came so far."""
        with self._lock:
            return list(self._letters)

    def count(self):
        """How many letters came so far: a mark for ``after``."""
        with self._lock:
            return len(self._letters)

    def wait(self, to, subject="", text="", after=0, timeout=60):
        """The first such letter, when it has come."""
        return wait_for(
            f"a letter to {to} with {subject!r} {text!r}; came {self._describe()}",
            lambda: self.find(to, subject, text, after),
            timeout,
        )[0]

    def _describe(self):
        with self._lock:
            return [(it.recipients, it.subject) for it in self._letters]


class Entrance:
    """The mail server of our domain: takes clients' mail into IMAP mailboxes."""

    def __init__(self, port, dovecot, get_mailbox):
        """
        :param get_mailbox: the mailbox of an address, None for one of nobody
        """
        self.port = port
        self._dovecot = dovecot
        self._get_mailbox = get_mailbox
        self._controller = _Controller(self, hostname=LOOPBACK, port=port)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if not self._get_mailbox(address):
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mailboxes = {self._get_mailbox(address) for address in envelope.rcpt_tos}
        head = f"Return-Path: <{envelope.mail_from or ''}>\r\n".encode()
        try:
            for mailbox in mailboxes:
                self._dovecot.deliver(mailbox, head + envelope.content)
        except OSError as error:
            return f"451 {error}"
        return "250 OK"

    def start(self):
        self._controller.start()

    def stop(self):
        self._controller.stop()

    def send(self, message, sender=None):
        """Deliver a mail as its sender's mail program does.

        :param str sender: the envelope's; "" for one that takes no bounces
        """
        with smtplib.SMTP(LOOPBACK, self.port, timeout=30) as connection:
            # The bytes as they are: send_message would write the mail anew.
            connection.sendmail(
                parseaddr(str(message["From"]))[1] if sender is None else sender,
                [address for _name, address in getaddresses([str(message["To"])])],
                message.as_bytes(),
                mail_options=["BODY=8BITMIME"],
            )


def read_letter(path, **headers):
    """A mail of a file; headers are replaced (``in_reply_to`` is In-Reply-To)."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.SMTP)
    _set_headers(message, headers)
    return message


def write_letter(sender, to, subject, text, **headers):
    """A mail as a person writes it."""
    message = EmailMessage(policy=email.policy.SMTP)
    headers = {"From": sender, "To": to, "Subject": subject, **headers}
    _set_headers(message, headers)
    message.set_content(text)
    return message


def _set_headers(message, headers):
    for name, value in headers.items():
        name = re.sub("_", "-", name).title()
        del message[name]
        message[name] = value
    if not message["Message-ID"]:
        raise ValueError("a mail needs a Message-ID")
