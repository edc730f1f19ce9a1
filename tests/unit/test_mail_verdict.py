"""Verdicts over our own mails, over others' where they are, and over garbage.

Our own mails say in their path what is expected: ``<kind>/<certain|unsure>-...``.
"""

import email
import email.policy
import os
import sys
from email.message import EmailMessage
from pathlib import Path

import mail_verdict
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_verdict import HUMAN, Verdict, is_report, judge

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "mail" / "verdict"
SHARED = Path(os.environ.get("HELPDESK_SHARED_MAIL", ROOT.parent / "shared" / "mail"))
OURS = {
    "own_domains": ["desk.helpdesk.example.com"],
    "own_addresses": ["support@helpdesk.example.com"],
}
POLICIES = (email.policy.SMTP, email.policy.compat32)


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def names(path):
    return str(path.relative_to(path.parents[1]))


def read(path, policy=email.policy.SMTP):
    return email.message_from_bytes(path.read_bytes(), policy=policy)


def make(**headers):
    """Header names with underscores for hyphens; From and text are a person's."""
    values = {"from": "Ivan <ivan@client.example.com>", "subject": "Printer"}
    values |= {name.replace("_", "-"): value for name, value in headers.items()}
    text = "".join(f"{name}: {value}\n" for name, value in values.items())
    return email.message_from_string(f"{text}\nIt prints stripes.\n")


def ask(verdict):
    return (
        verdict.is_automatic,
        verdict.may_acknowledge,
        verdict.may_reopen,
        verdict.counts_as_answer,
    )


# ----------------------------------------------------------------------------
# Our own mails
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("policy", POLICIES, ids=["smtp", "compat32"])
@pytest.mark.parametrize("path", files(OWN), ids=names)
def test_own_mails(path, policy):
    verdict = judge(read(path, policy), **OURS)
    certainty = "certain" if verdict.certain else "unsure"
    assert (verdict.kind, certainty) == (path.parent.name, path.stem.split("-")[0])
    assert verdict.reason


def test_own_mails_show_every_kind():
    kinds = {path.parent.name for path in files(OWN)}
    assert kinds == {
        getattr(mail_verdict, name)
        for name in (
            *("HUMAN", "AUTO_REPLY", "GENERATED", "BOUNCE"),
            *("BULK", "OWN", "CALENDAR", "RECEIPT"),
        )
    }


# ----------------------------------------------------------------------------
# What follows from a verdict
# ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "answers"),
    [
        (Verdict(HUMAN, True, "x"), (False, True, True, True)),
        (Verdict(HUMAN, True, "x", is_suppressed=True), (False, False, True, True)),
        (Verdict("bounce", True, "x"), (True, False, False, False)),
        (Verdict("auto_reply", False, "x"), (False, False, False, True)),
    ],
)
def test_questions(verdict, answers):
    assert ask(verdict) == answers


def test_verdict_is_a_value():
    with pytest.raises(AttributeError):
        Verdict(HUMAN, True, "x").kind = "bounce"


# ----------------------------------------------------------------------------
# Rules with a border
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["no", "No", "no (written by hand)", "", "NO; x=1"])
def test_auto_submitted_no_is_a_person(value):
    assert judge(make(auto_submitted=value)).kind == HUMAN


@pytest.mark.parametrize("value", ["auto-replied", "Auto-Generated", "auto-x; a=b"])
def test_auto_submitted_anything_else_is_not(value):
    assert judge(make(auto_submitted=value)).is_automatic


@pytest.mark.parametrize(
    ("value", "acknowledged"),
    [("OOF", False), ("DR, OOF, AutoReply", False), ("DR, RN, NRN", True), ("", True)],
)
def test_a_person_may_ask_for_silence(value, acknowledged):
    verdict = judge(make(x_auto_response_suppress=value))
    assert ask(verdict) == (False, acknowledged, True, True)


@pytest.mark.parametrize(
    "name", ["X-Autoreply", "X-Auto-Reply-From", "X-Autorespond", "X-Autoresponder"]
)
def test_names_of_answering_programs(name):
    assert judge(make(**{name: "yes"})).kind == "auto_reply"
    assert judge(make(**{name: "no"})).kind == HUMAN


@pytest.mark.parametrize("path", ["<>", " < > ", "<>\r\n"])
def test_empty_envelope_sender(path):
    assert judge({"Return-Path": path}).is_automatic


@pytest.mark.parametrize("path", ["<ivan@client.example.com>", "", "ivan"])
def test_envelope_sender(path):
    assert judge({"Return-Path": path}).kind == HUMAN


def test_list_of_a_stranger_whose_name_ends_like_ours():
    verdict = judge({"List-Id": "<x.evil-desk.example>"}, own_domains=["desk.example"])
    assert verdict.kind == "bulk"
    verdict = judge({"List-Id": "<x.desk.example>"}, own_domains=["desk.example"])
    assert verdict.kind == HUMAN


def test_a_report_about_our_mail_is_not_our_mail():
    message = make(
        message_id="<1@desk.example>", x_failed_recipients="ivan@client.example.com"
    )
    assert judge(message, own_domains=["desk.example"]).kind == "bounce"
    del message["x-failed-recipients"]
    assert judge(message, own_domains=["DESK.example"]).kind == "own"


@pytest.mark.parametrize(
    "sender",
    [
        "support@desk.example",
        "Help desk <Support@Desk.example>",
        "support@desk.example (Help desk)",
        '"Ivan <ivan@client.example.com>" < support@desk.example >',
        "=?utf-8?Q?=D0=90?= <support@desk.example>",
    ],
)
def test_address_of_the_sender(sender):
    message = {"From": sender}
    assert judge(message, own_addresses=["support@desk.example"]).kind == "own"
    assert judge(message, own_addresses=["ivan@client.example.com"]).kind == HUMAN


@pytest.mark.parametrize(
    "path",
    [path for path in files(OWN) if path.parent.name != "bounce"],
    ids=names,
)
def test_what_is_no_report(path):
    assert not is_report(read(path))


def test_a_postmaster_may_ask_for_something():
    headers = {"from": "postmaster@client.example.com"}
    assert not is_report(make(**headers))
    assert is_report(make(**headers, subject="Undeliverable: Printer"))
    assert is_report(make(**headers, return_path="<>"))
    assert not is_report(make(return_path="<>"))
    assert is_report(make(return_path="<>", subject="Undeliverable: Printer"))


def test_attached_report_is_not_a_report():
    outer = EmailMessage()
    outer.set_content("See what came back.")
    outer.add_attachment(read(OWN / "bounce" / "certain-report.eml"))
    assert judge(outer).kind == HUMAN


# ----------------------------------------------------------------------------
# Others' mails
# ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", files(SHARED / "bounces"), ids=names)
def test_delivery_reports_are_automatic(path):
    verdict = judge(read(path))
    assert ask(verdict) == (True, False, False, False), verdict


# A vacation note, which lies among the delivery reports.
NO_REPORTS = ("rfc3834-05.eml",)


@pytest.mark.parametrize("path", files(SHARED / "bounces"), ids=names)
def test_delivery_reports_are_reports(path):
    assert is_report(read(path)) == (path.name not in NO_REPORTS)


@pytest.mark.parametrize("path", files(SHARED / "replies"), ids=names)
def test_replies_are_human(path):
    verdict = judge(read(path))
    assert ask(verdict) == (False, True, True, True), verdict


@pytest.mark.parametrize(
    "path", files(SHARED / "malformed") + files(SHARED / "mime"), ids=names
)
def test_broken_mails_are_judged(path):
    for policy in POLICIES:
        assert judge(read(path, policy)).reason


# ----------------------------------------------------------------------------
# Garbage
# ----------------------------------------------------------------------------


def test_nothing_at_all():
    assert ask(judge({})) == (False, True, True, True)
    assert ask(judge(EmailMessage())) == (False, True, True, True)
    assert judge(email.message_from_bytes(b"")).kind == HUMAN


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: =?nope?B?!!!!?=\n\nx",
        b"Subject: =?utf-8?B?abc?= =?utf-8?Q?=ZZ?=\n\nx",
        b"From: \xff\xfe<\x00>\nSubject: \xd0\n\n\xff",
        b"From: <<<>>>\nReturn-Path:\n\nx",
        b"Content-Type: multipart/report\n\nno parts",
        b"Content-Type: text/calendar; method=\n\n\xff",
        b'Content-Type: text/plain; charset="\n\nx',
        b"Content-Type: text/plain; charset=no-such\n"
        b"Content-Transfer-Encoding: base64\n\n=\xff!a",
        b"Content-Type: text/plain; charset=utf-7\n\n+/v8-",
        b"Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n--b--",
    ],
)
def test_broken_bytes(raw):
    for policy in POLICIES:
        assert judge(email.message_from_bytes(raw, policy=policy)).reason


@pytest.mark.parametrize(
    "raw",
    [
        b"X: y\n" * 100_000 + b"\nx",
        b"From: " + b"a@b.example, " * 10_000 + b"\n\nx",
        b"Subject: " + b"=?utf-8?Q?=D0=90?= " * 10_000 + b"\n\nx",
        b"Subject: " + b"(" * 100_000 + b"\nFrom: " + b'"(<' * 50_000 + b"\n\nx",
        b"Content-Type: text/html\n\n" + b"<style" * 500_000,
        b"Content-Type: text/plain\n\n" + b"i am on " * 500_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Type: text/html\n\n<p>\n" * 3_000
        + b"--b--",
    ],
    ids=["headers", "from", "subject", "brackets", "html", "text", "parts"],
)
def test_bounded_work(raw):
    """Work is counted in calls, which are the same on every machine."""
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    calls = []
    sys.setprofile(lambda frame, event, argument: calls.append(event))
    try:
        judge(message)
    finally:
        sys.setprofile(None)
    assert len(calls) < 500_000


header = st.sampled_from(
    [
        *("From", "Subject", "Return-Path", "Content-Type", "Message-ID"),
        *("Auto-Submitted", "Precedence", "List-Id", "X-Auto-Response-Suppress"),
        *("In-Reply-To", "Content-Transfer-Encoding", "X-Autoreply"),
    ]
)
value = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [b"multipart/mixed; boundary=b", b"text/calendar", b"base64", b"<>", b"auto: "]
    ),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace")),
)


@settings(max_examples=400)
@given(st.lists(st.tuples(header, value), max_size=12), st.binary(max_size=200))
def test_any_bytes(headers, body):
    raw = b"".join(name.encode() + b": " + text + b"\n" for name, text in headers)
    for policy in POLICIES:
        message = email.message_from_bytes(raw + b"\n" + body, policy=policy)
        verdict = judge(message, **OURS)
        assert verdict.kind != HUMAN or verdict.counts_as_answer


@given(st.dictionaries(header, st.text(max_size=60)))
def test_any_mapping(headers):
    assert judge(headers).reason
