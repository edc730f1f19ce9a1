"""Mails that break the rules are readable after the repair, as Odoo reads them."""

import email
import email.policy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_repair import repair
from test_mail_verdict import SHARED, files, names

BROKEN = Path(__file__).resolve().parents[1] / "mail" / "broken"
HEADERS = (
    *("From", "To", "Cc", "Delivered-To", "Return-Path", "Subject"),
    *("Message-ID", "In-Reply-To", "References", "Date"),
)


def parse(raw):
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    repair(message)
    return message


def read(message):
    """What Odoo reads of a mail; returns the texts and the names of the files."""
    for name in HEADERS:
        for value in message.get_all(name, ()):
            assert "\0" not in str(value), name
    texts, filenames = [], []
    for part in message.walk():
        part.get("content-id"), part.get("content-disposition", "").strip()
        filenames.append(part.get_filename())
        assert "\0" not in (filenames[-1] or "")
        if part.get_content_maintype() != "multipart":
            content = part.get_content()
            texts += [content] if isinstance(content, str) else []
    message.as_bytes()
    return " ".join(texts), [name for name in filenames if name]


def broken(name):
    return parse((BROKEN / f"{name}.eml").read_bytes())


@pytest.mark.parametrize("path", files(BROKEN), ids=names)
def test_broken_mails_are_readable(path):
    read(parse(path.read_bytes()))


@pytest.mark.parametrize(
    "path",
    [path for folder in ("malformed", "mime") for path in files(SHARED / folder)],
    ids=names,
)
def test_broken_mails_of_others_are_readable(path):
    read(parse(path.read_bytes()))


@pytest.mark.parametrize(
    "path",
    [
        path
        for folder in ("verdict/human", "verdict/bounce", "first_flow")
        for path in files(BROKEN.parent / folder)
        if "8bit" not in path.name and "raw" not in path.name
    ],
    ids=names,
)
def test_good_mails_stay_as_they_are(path):
    raw = path.read_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    before = list(message.raw_items()), message.as_bytes()
    repair(message)
    assert (list(message.raw_items()), message.as_bytes()) == before


def test_text_of_unknown_charset():
    assert "body" in read(broken("charset-8bit"))[0]
    assert "body" in read(broken("bad-b64-charset-name"))[0]
    assert str(broken("bad-b64-charset-name")["Subject"]).startswith("\u2713")


def test_russian_without_a_charset():
    message = broken("cp1251-body")
    assert message["Subject"] == "Принтер печатает полосы"
    assert "Полосы на каждой странице" in read(message)[0]
    assert message["Message-ID"] == "<broken-cp1251-body@kolibri.example>"


def test_text_of_a_known_charset_stays():
    message = parse(
        "Content-Type: text/plain; charset=koi8-r\n\nПолосы".encode("koi8-r")
    )
    assert read(message)[0].strip() == "Полосы"


def test_null_characters():
    assert broken("nul-subject")["Subject"] == "ab"
    assert broken("nul-encoded-subject")["Subject"] == "bc"
    assert "ivan@kolibri.example" in broken("nul-from")["From"]
    assert read(broken("attach-nul-name"))[1] == ["ab.pdf"]


def test_address_among_brackets_that_cannot_be_parsed():
    message = parse(b"From: " + b'"(<' * 300 + b" ivan@kolibri.example\n\nx")
    assert message["From"] == "ivan@kolibri.example"


def test_file_of_a_type_that_python_does_not_know():
    message = broken("model-type")
    text, filenames = read(message)
    assert "See the drawing" in text
    assert filenames == ["gear.stl"]
    assert message.get_payload(1).get_content() == b"solid gear"


def test_file_with_an_unknown_charset_keeps_its_name():
    assert read(broken("attach-bad-charset"))[1] == ["a.csv"]


def test_container_without_parts_is_text():
    assert "nothing" in read(broken("multipart-no-boundary"))[0]


def test_broken_message_id_is_the_same_each_time():
    raw = b"From: ivan@kolibri.example\nMessage-ID: <@rr3@x>\rcharset=\n\nx"
    assert "@" in parse(raw)["Message-ID"]
    assert parse(raw)["Message-ID"] == parse(raw)["Message-ID"]


value = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            *(
                b"=?no-such?B?4pyT?=",
                b"=?utf-8?B?a?=",
                b"a@",
                b"<a@b>, (x",
                b"\xcf\xf0",
            ),
            *(b"text/plain; charset=no", b"model/stl; name*=utf-8''%00"),
            b"message/x",
            *(b"multipart/mixed", b"multipart/mixed; boundary=b", b"base64", b'"'),
        ]
    ),
)
header = st.sampled_from(
    [*HEADERS, "Content-Type", "Content-Disposition", "Content-Transfer-Encoding"]
)


@settings(max_examples=300)
@given(st.lists(st.tuples(header, value), max_size=10), st.binary(max_size=100))
def test_any_bytes(headers, body):
    raw = b"".join(name.encode() + b": " + text + b"\n" for name, text in headers)
    try:
        message = email.message_from_bytes(raw + b"\n" + body, policy=email.policy.SMTP)
    except Exception:
        # The parser itself fails: there is no mail to repair.
        return
    repair(message)
