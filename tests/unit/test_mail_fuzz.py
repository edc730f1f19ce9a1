"""No tool that reads a mail raises or takes long, whatever stands in it."""

import email
import email.policy

import mail_authentication
import mail_content
import mail_html
import mail_identity
import mail_quote
import mail_repair
import mail_report
import mail_shape
import mail_verdict
import subject_number
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = st.sampled_from(
    [
        *("From", "To", "Cc", "Subject", "Message-ID", "References", "In-Reply-To"),
        *("Date", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition"),
        *("Content-ID", "Return-Path", "Auto-Submitted", "Precedence", "List-Id"),
        *("Authentication-Results", "X-Auto-Response-Suppress", "Delivered-To"),
    ]
)
VALUES = st.sampled_from(
    [
        *(b"text/plain", b"text/html; charset=", b"multipart/mixed; boundary=b", b"b"),
        *(b"message/rfc822", b'multipart/alternative; boundary="b"', b"utf-7", b"x"),
        *(b"message/delivery-status", b"application/ms-tnef; name=", b"text/calendar"),
        *(b"a@b.example", b"<a@b.example>", b"=?utf-8?b?", b"=?koi8-r?q?=C1?=", b"?="),
        *(
            b'"',
            b"(",
            b")",
            b"<",
            b">",
            b",",
            b";",
            b"=",
            b"\0",
            b"\xd0\xbf\xf0",
            b"\r",
        ),
        *(
            b"base64",
            b"quoted-printable",
            b"attachment; filename*0*=",
            b"%00",
            b"HD-2026",
        ),
        *(
            b"mx.example; dmarc=fail",
            b"auto-replied",
            b"Mon, 1 Jan 0000",
            b"[HD-2026-1]",
        ),
    ]
)
BYTES = st.lists(st.one_of(VALUES, st.binary(max_size=6)), max_size=8).map(b" ".join)
BODIES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(b"\r\n--b\r\n", b"\r\n--b--\r\n", b"\n\n", b"> old", b"<p>", b"</p>"),
                *(b"Content-Type: text/html\n\n", b"Content-Type: message/rfc822\n\n"),
                *(
                    b"Content-Type: multipart/mixed; boundary=c\n\n",
                    b"\n--c\n",
                    b"text",
                ),
                *(b"Final-Recipient: rfc822; a@b.example\n", b"Action: failed\n"),
            ]
        ),
        st.binary(max_size=8),
    ),
    max_size=30,
).map(b"".join)
HEADERS = st.lists(st.tuples(NAMES, BYTES), max_size=12).map(
    lambda pairs: b"".join(
        name.encode() + b": " + value.replace(b"\n", b"") + b"\r\n"
        for name, value in pairs
    )
)
MAILS = st.tuples(HEADERS, BODIES).map(b"\r\n".join)


@given(MAILS)
@settings(max_examples=300, deadline=None)
def test_any_mail(raw):
    shape = mail_shape.measure(raw)
    mail_shape.find_excess(shape)
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    mail_repair.repair(message)
    mail_verdict.judge(message, ["desk.example"], ["a@b.example"])
    mail_verdict.is_report(message)
    mail_identity.get_message_id(message)
    assert len(mail_identity.fingerprint(message)) == 64
    mail_authentication.read_authentication(message, ["mx.example"])
    for failure in mail_report.read_failures(message):
        assert failure.email
    check_content(mail_content.read(message))


def check_content(content):
    for text in content.texts:
        assert "\0" not in text.text
        if text.kind == "html":
            mail_html.clean(text.text, mail_quote.mark)
        else:
            mail_quote.mark_text(text.text)
    for file in content.files:
        assert file.name and isinstance(file.content, bytes)
        assert "/" not in file.name and "\n" not in file.name


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["Re:", "Fwd: ", "[HD-", "2026", "-", "00123", "]", "№", "Отв: ", "HD"]
            ),
            st.text(max_size=6),
        ),
        max_size=30,
    ).map("".join)
)
@settings(max_examples=300, deadline=None)
def test_any_subject(subject):
    for number in subject_number.find_numbers(subject):
        assert number.startswith("HD-")
    subject_number.strip_prefixes(subject)
    subject_number.is_forward(subject)
    once = subject_number.normalize(subject)
    assert subject_number.normalize(once) == once


@given(BYTES)
@settings(max_examples=200, deadline=None)
def test_any_header(raw):
    head = b"Subject: " + raw.replace(b"\n", b"") + b"\n\n"
    message = email.message_from_bytes(head, policy=email.policy.compat32)
    text = mail_repair.read_header(message["Subject"])
    assert "\0" not in text and text.encode() is not None


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_text(data):
    assert isinstance(mail_repair.guess_text(data), str)
    for charset in ("cp1251", "koi8-r", "iso-8859-1"):
        data.decode(mail_repair.find_better_charset(data, charset), "replace")
