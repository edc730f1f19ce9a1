"""Mails of all kinds, and broken ones, through IMAP and Odoo's own gateway.

Our own mails always; those of others where they are (``HELPDESK_SHARED_MAIL``).
"""

import email
import email.policy
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import pytest
from support import scene
from support.stage import FETCH
from support.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "addons" / "helpdesk_ntr" / "tools"))

import mail_repair  # noqa: E402
import mail_verdict  # noqa: E402

pytestmark = pytest.mark.heavy

OWN = ROOT / "tests" / "mail"
PAGE = ROOT / "docs" / "mail.md"
TABLE_START, TABLE_END = "<!-- table -->", "<!-- end of table -->"
OUTCOMES = ("ticket", "answer", "automatic", "join", "without_ticket", "quarantined")
SHARED = Path(os.environ.get("HELPDESK_SHARED_MAIL", ROOT.parent / "shared" / "mail"))
ADDRESS = f"{scene.ALIAS}@{scene.DOMAIN}"
NO_MAILS = ("README.md", "LICENSE")
NOTICES = "helpdesk_ntr.ir_cron_send_notices"
# Mails with one number that are different mails all the same.
REPEATED = re.compile(rb"(?im)^(message-id:[ \t\r\n]*)[^\r\n]*")


@dataclass(frozen=True)
class Mail:
    """A mail of a corpus as it lies in the mailbox."""

    name: str
    raw: bytes

    @cached_property
    def message(self):
        """As the gateway reads it."""
        message = email.message_from_bytes(self.raw, policy=email.policy.SMTP)
        mail_repair.repair(message)
        return message

    @cached_property
    def message_id(self):
        """A mail without one gets another each time."""
        return str(self.message["Message-ID"] or "").strip()

    @cached_property
    def is_report(self):
        return not mail_verdict.is_receipt(self.message) and (
            mail_verdict.is_report(self.message)
            # What Odoo itself takes for one.
            or self.message.get_content_type() == "multipart/report"
            or "mailer-daemon@" in str(self.message["From"] or "").lower()
        )

    @cached_property
    def verdict(self):
        return mail_verdict.judge(self.message, own_addresses=[ADDRESS])

    @cached_property
    def files(self):
        """Names of attached files that are not empty; an attached mail is one file."""
        return [
            part.get_filename()
            for part in walk(self.message)
            if part.get_filename() and part.get_payload(decode=True)
        ]


def walk(part):
    """The parts of a mail, without those of mails that are attached to it."""
    if part.get_content_maintype() == "message":
        return
    if not part.is_multipart():
        yield part
        return
    for inner in part.get_payload():
        yield from walk(inner)


def read_corpora():
    """All mails, each with a number of its own where it has one."""
    known, mails = Counter(), []
    for folder in (OWN, SHARED):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name not in NO_MAILS:
                name = str(path.relative_to(folder))
                mails.append(make_unique(Mail(name, path.read_bytes()), known))
    return [
        # As the mail server notes for whom it was.
        Mail(mail.name, f"Delivered-To: {ADDRESS}\r\n".encode() + mail.raw)
        for mail in mails
    ]


def make_unique(mail, known):
    message_id = mail.message_id
    known[message_id] += 1
    if not message_id or known[message_id] == 1:
        return mail
    number = f"corpus.{len(known)}.{known[message_id]}"
    head, separator, body = split(mail.raw)
    head = REPEATED.sub(rb"\g<1><" + number.encode() + rb"@corpus.example>", head, 1)
    return make_unique(Mail(mail.name, head + separator + body), known)


def split(raw):
    """Headers, the empty line, and the body, which a broken mail may lack."""
    return (*re.split(rb"(\r?\n\r?\n)", raw, maxsplit=1), b"", b"")[:3]


MAILS = read_corpora()
REPORTS = [mail for mail in MAILS if mail.is_report]
# What a person wrote, or may have written.
REQUESTS = [mail for mail in MAILS if not mail.is_report and mail.verdict.makes_ticket]
# What a program wrote that is no mail server: kept, and no ticket by itself.
AUTOMATIC = [
    mail for mail in MAILS if not mail.is_report and not mail.verdict.makes_ticket
]


@pytest.fixture(scope="module")
def intake(stage, dovecot):
    """The stage after all mails went in, twice."""
    # Odoo ignores who writes more than twenty mails in two hours; here few write all.
    stage.api("admin").call(
        "ir.config_parameter",
        "set_param",
        key="mail.gateway.loop.threshold",
        value="100000",
    )
    stage.counts = [count(stage)]
    for mails in (MAILS, [mail for mail in MAILS if mail.message_id]):
        dovecot.deliver(scene.MAILBOX, *(mail.raw for mail in mails))
        fetch_all(stage, dovecot)
        stage.counts.append(count(stage))
    return stage


def fetch_all(stage, dovecot):
    stage.trigger(FETCH)
    wait_for(
        "an empty mailbox",
        lambda: not dovecot.search(scene.MAILBOX, "UNSEEN"),
        timeout=300,
    )
    # The last mail is marked when it is dealt with; the job still has to end.
    stage.run_cron(FETCH)


def count(stage):
    (row,) = stage.query(
        "SELECT (SELECT count(*) FROM ntr_ticket),"
        " (SELECT count(*) FROM mail_message"
        "   WHERE model = 'ntr.ticket' AND message_type = 'email'),"
        # letters that are owed go out meanwhile, and are events too
        " (SELECT count(*) FROM ntr_ticket_event event JOIN mail_message message"
        "   ON message.id = event.message_id WHERE message.message_type = 'email')"
    )
    return dict(zip(("tickets", "messages", "events"), row, strict=True))


def find(stage, mail):
    """(ticket, message) of a mail."""
    return stage.query(
        "SELECT res_id, id FROM mail_message WHERE model = 'ntr.ticket'"
        " AND message_id = %s",
        mail.message_id,
    )


def find_waiting(stage):
    """Message-IDs of mails that ask to join a ticket of somebody else."""
    rows = stage.query("SELECT message_id FROM ntr_mail_journal WHERE state = 'join'")
    return {f"<{row[0]}>" for row in rows}


def test_corpora_are_there():
    assert len(REQUESTS) > 60 and REPORTS and AUTOMATIC
    numbers = Counter(mail.message_id for mail in MAILS if mail.message_id)
    assert not [number for number, times in numbers.items() if times > 1]


def test_nothing_failed(intake):
    log = intake.running.log.read_text(errors="replace")
    assert "Failed to process mail" not in log
    fetched = re.findall(r"(\d+) succeeded, (\d+) failed", log)
    assert sum(int(failed) for _done, failed in fetched) == 0
    assert sum(int(done) for done, _failed in fetched) >= len(MAILS)


def test_every_request_is_one_message_of_one_ticket(intake):
    waiting = find_waiting(intake)
    wrong = {
        mail.name: rows
        for mail in REQUESTS
        if mail.message_id
        and len(rows := find(intake, mail)) != (mail.message_id not in waiting)
    }
    assert not wrong
    made = intake.counts[1]["messages"] - intake.counts[0]["messages"]
    (held,) = intake.query(
        "SELECT count(*) FROM ntr_mail_journal WHERE state = 'automatic'"
    )[0]
    # each is a message, or it waits
    assert made + held >= len(REQUESTS) + len(AUTOMATIC) - len(waiting)


def test_automatic_mail_makes_no_ticket(intake):
    wrong = {}
    for mail in AUTOMATIC:
        if not mail.message_id:
            continue
        number = mail.message_id.strip("<>")
        states = intake.query(
            "SELECT state FROM ntr_mail_journal WHERE message_id = %s", number
        )
        is_answer = bool(mail.message["In-Reply-To"] or mail.message["References"])
        if not is_answer and ("automatic",) not in states:
            wrong[mail.name] = (states, find(intake, mail))
    assert not wrong


def test_no_report_makes_a_ticket(intake):
    assert not {mail.name: found for mail in REPORTS if (found := find(intake, mail))}


def test_answers_join_the_ticket_that_they_answer(intake):
    by_number = {mail.message_id: mail for mail in REQUESTS if mail.message_id}
    answers, waiting = 0, find_waiting(intake)
    for mail in REQUESTS:
        if mail.message_id in waiting:
            continue
        wanted = by_number.get(str(mail.message["In-Reply-To"] or "").strip())
        if not mail.message_id or not wanted or wanted is mail:
            continue
        if MAILS.index(wanted) > MAILS.index(mail):
            continue  # the answer came first, as it happens with mail
        answers += 1
        assert find(intake, mail)[0][0] == find(intake, wanted)[0][0], mail.name
    assert answers or not SHARED.is_dir()


def test_every_mail_is_in_the_journal(intake):
    missing = [mail.name for mail in MAILS if not read_journal(intake, mail)]
    assert not missing
    assert not intake.query("SELECT id FROM ntr_mail_journal WHERE state = 'received'")
    quarantined = intake.query(
        "SELECT subject, failure FROM ntr_mail_journal WHERE state = 'quarantined'"
    )
    assert all(failure for _subject, failure in quarantined)


def read_journal(stage, mail):
    """(state, verdict, ticket, whether the mail made that ticket), or none."""
    rows = stage.query(
        "SELECT journal.state, verdict, ticket_id, mail_message_id = ("
        "   SELECT min(id) FROM mail_message WHERE model = 'ntr.ticket'"
        "   AND res_id = ticket_id AND message_type = 'email')"
        " FROM ntr_mail_journal journal WHERE sha256 = %s",
        # over IMAP come neither bare line feeds nor null characters
        sha256(
            re.sub(rb"\r?\n", b"\r\n", mail.raw).replace(b"\0", b"\x80")
        ).hexdigest(),
    )
    return rows[0] if rows else None


def test_table_of_the_documents(intake):
    counts = {}
    for mail in MAILS:
        folder = mail.name.rpartition("/")[0]
        if (OWN / mail.name).is_file():
            outcome = get_outcome(*read_journal(intake, mail))
            counts.setdefault(folder, Counter())[outcome] += 1
    table = write_table(counts)
    text = PAGE.read_text(encoding="utf-8")
    head, _old, rest = text.partition(TABLE_START)
    new = f"{head}{TABLE_START}\n{table}\n{TABLE_END}{rest.partition(TABLE_END)[2]}"
    if os.environ.get("HELPDESK_UPDATE_DOCS"):
        PAGE.write_text(new, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == new, "write it anew: see the page"


def get_outcome(state, _verdict, ticket_id, is_first):
    if state == "done":
        return "ticket" if is_first else "answer"
    return state if not ticket_id else "answer"


def write_table(counts):
    """The outcomes of each folder as Markdown."""
    rows = [("mails", *OUTCOMES, "all"), ("---", *["---:"] * (len(OUTCOMES) + 1))]
    for folder, found in [*sorted(counts.items()), ("all", sum_up(counts))]:
        numbers = [found[outcome] for outcome in OUTCOMES]
        assert sum(numbers) == found.total(), found
        rows.append((folder, *(str(it or "") for it in numbers), str(found.total())))
    return "\n".join(f"| {' | '.join(row)} |".replace("|  ", "| ") for row in rows)


def sum_up(counts):
    return sum(counts.values(), Counter())


def test_second_intake_makes_nothing(intake):
    assert intake.counts[2] == intake.counts[1]


def test_attached_files_are_kept(intake):
    lost, waiting = {}, find_waiting(intake)
    for mail in REQUESTS:
        if not mail.files or not mail.message_id or mail.message_id in waiting:
            continue
        names = intake.query(
            "SELECT count(*) FROM message_attachment_rel rel"
            " JOIN mail_message message ON message.id = rel.message_id"
            " JOIN ir_attachment file ON file.id = rel.attachment_id"
            " WHERE message.model = 'ntr.ticket' AND message.message_id = %s"
            " AND file.file_size > 0",
            mail.message_id,
        )
        if names[0][0] < len(mail.files):
            lost[mail.name] = (names[0][0], mail.files)
    assert not lost


def test_every_message_is_in_the_ledger_once(intake):
    assert not intake.query(
        "SELECT message.id FROM mail_message message"
        " LEFT JOIN ntr_ticket_event event ON event.message_id = message.id"
        " WHERE message.model = 'ntr.ticket' AND message.message_type = 'email'"
        " GROUP BY message.id HAVING count(event.id) != 1"
    )
    waiting = find_waiting(intake)
    for mail in REQUESTS:
        if not mail.message_id or mail.message_id in waiting:
            continue
        rows = intake.query(
            "SELECT event.type FROM ntr_ticket_event event JOIN mail_message message"
            " ON message.id = event.message_id WHERE message.message_id = %s",
            mail.message_id,
        )
        is_automatic = rows == [("automatic_message",)]
        assert is_automatic == mail.verdict.is_automatic, (mail.name, rows)


def test_only_persons_are_acknowledged(intake):
    intake.run_cron(NOTICES)
    wait_for(
        "no letter that is due",
        lambda: not intake.query("SELECT 1 FROM ntr_notice WHERE failure IS NULL"),
        timeout=300,
    )
    assert not intake.query("SELECT ticket_id, failure FROM ntr_notice")
    answered = {
        row[0]
        for row in intake.query(
            "SELECT DISTINCT res_id FROM mail_message WHERE model = 'ntr.ticket'"
            " AND message_type = 'auto_comment'"
        )
    }
    wrong = []
    for mail in REQUESTS:
        for ticket_id, _message_id in find(intake, mail):
            if not mail.verdict.may_acknowledge and ticket_id in answered:
                first = intake.query(
                    "SELECT min(id) FROM mail_message WHERE model = 'ntr.ticket'"
                    " AND res_id = %s AND message_type = 'email'",
                    ticket_id,
                )
                # A person's ticket that a program wrote to was rightly answered.
                if first == [(_message_id,)]:
                    wrong.append(mail.name)
    assert not wrong
    assert answered


def test_what_a_program_writes_reopens_nothing(intake, dovecot):
    """Each mail that may reopen nothing, as an answer to a solved ticket."""
    api = intake.api("engineer")
    values = {"name": "Fan rattles", "partner_id": intake.cast["partners"]["emma"]}
    values["team_id"] = intake.cast["team_id"]
    (ticket_id,) = intake.api("dispatcher").call(
        "ntr.ticket", "create", vals_list=[values]
    )
    cause_id = api.search("ntr.ticket.cause", [("team_ids", "=", False)], limit=1)[0]
    api.call("ntr.ticket", "take", [ticket_id])
    api.call("ntr.ticket", "solve", [ticket_id], solution="New.", cause_id=cause_id)
    letter = intake.sink.wait(scene.email_of("emma"), intake.get(ticket_id, "number"))
    mails = [*REQUESTS, *AUTOMATIC]
    answers = [make_answer(mail, letter.message_id) for mail in mails]
    answers = [mail for mail in answers if not mail.verdict.may_reopen]
    assert len(answers) > 10
    dovecot.deliver(scene.MAILBOX, *(mail.raw for mail in answers))
    fetch_all(intake, dovecot)
    assert intake.get(ticket_id, "state") == "solved"
    assert not intake.events(ticket_id, "reopened")
    # who is no client of this ticket waits to be let in
    kept = intake.query(
        "SELECT (SELECT count(*) FROM mail_message WHERE model = 'ntr.ticket'"
        "   AND res_id = %s AND message_type = 'email')"
        " + (SELECT count(*) FROM ntr_mail_journal WHERE state = 'join'"
        "   AND ticket_id = %s)",
        ticket_id,
        ticket_id,
    )
    assert kept == [(len([mail for mail in answers if not mail.is_report]),)]


def make_answer(mail, message_id):
    """That mail as an answer to a letter of ours."""
    dropped = rb"(?im)^(message-id|in-reply-to|references):.*(\r?\n[ \t].*)*\r?\n"
    head, separator, body = split(mail.raw)
    head = re.sub(dropped, b"", head + b"\n").rstrip(b"\r\n")
    number = f"<answer.{MAILS.index(mail)}@corpus.example>"
    new = f"Message-ID: {number}\r\nIn-Reply-To: {message_id}\r\n".encode()
    return Mail(mail.name, new + head + separator + body)
