"""All that a mail carries is kept, each thing once."""

import email
import email.policy
import struct
from email.message import EmailMessage
from pathlib import Path

import mail_calendar
import mail_content
import mail_repair
import mail_tnef
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_mail_verdict import SHARED, files, names

CONTENT = Path(__file__).resolve().parents[1] / "mail" / "content"


def parse(raw):
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    mail_repair.repair(message)
    return message


def read(name):
    return mail_content.read(parse((CONTENT / f"{name}.eml").read_bytes()))


def get_text(content):
    return " ".join(text.text for text in content.texts)


@pytest.mark.parametrize(
    "name",
    [
        *("koi8-r", "koi8-r-as-1251", "1251-as-koi8-r", "1251-as-latin-1", "utf-7"),
        *("utf-8-as-1251", "1251-without-label", "koi8-r-without-label"),
        *("cp866-without-label", "8bit-headers"),
    ],
)
def test_wrong_charsets_are_readable(name):
    assert "Принтер не печатает." in get_text(read(name))


def test_8bit_headers_are_readable():
    message = parse((CONTENT / "8bit-headers.eml").read_bytes())
    assert message["Subject"] == "Принтер не печатает"
    assert "Иван Петров" in str(message["From"])


@pytest.mark.parametrize(
    "text", ["Ünsere Straße läuft über Höhen", "Voilà l'été réglé"]
)
def test_other_languages_stay(text):
    data = text.encode("latin-1")
    assert mail_repair.find_better_charset(data, "iso-8859-1") == "iso-8859-1"


def test_capitals_stay():
    data = "СРОЧНО ПРИНТЕР НЕ ПЕЧАТАЕТ".encode("cp1251")
    assert mail_repair.find_better_charset(data, "windows-1251") == "windows-1251"


def test_a_mail_in_a_mail_is_a_file():
    content = read("mail-in-mail")
    assert "Secret" not in get_text(content)
    first, second = content.files
    assert first.name == "Ответ завода_ ремонт.eml" and second.name == "second.eml"
    inner = email.message_from_bytes(first.content, policy=email.policy.default)
    assert inner.get_body().get_content().strip() == "Secret text of the factory."
    assert [it.get_filename() for it in inner.iter_attachments()] == ["price.pdf"]


def test_a_picture_without_a_name():
    (picture,) = read("inline-picture").files
    assert picture.cid == "photo@kolibri" and picture.name == "file-1.png"


def test_a_mail_whose_text_has_a_name():
    raw = b"Subject: x\nContent-Type: text/plain; name=letter.txt\n\nHello"
    content = mail_content.read(parse(raw))
    assert get_text(content) == "Hello" and not content.files


@pytest.mark.parametrize(
    "raw, text",
    [
        ("Принтер не печатает".encode("koi8-r"), "Принтер не печатает"),
        ("Принтер не печатает".encode("cp1251"), "Принтер не печатает"),
        ("Принтер не печатает".encode(), "Принтер не печатает"),
        (b"=?utf-8?b?0J/RgNC40LLQtdGC?= and more", "Привет and more"),
        (b"=?x-none?q?caf=E9?=", "cafй"),
        (b"=?utf-8?b?0?=", "=?utf-8?b?0?="),
        (b"plain", "plain"),
        (b"", ""),
    ],
)
def test_headers_as_people_read_them(raw, text):
    head = b"Subject: " + raw + b"\n\n"
    message = email.message_from_bytes(head, policy=email.policy.compat32)
    assert mail_repair.read_header(message["Subject"]) == text


def test_one_of_two_forms():
    mail = EmailMessage()
    mail.set_content("plain")
    mail.add_alternative("<p>rich</p>", subtype="html")
    (text,) = mail_content.read(mail).texts
    assert text.kind == "html"


def test_an_empty_form_is_none():
    mail = EmailMessage()
    mail.set_content("plain")
    mail.add_alternative(" ", subtype="html")
    assert get_text(mail_content.read(mail)).strip() == "plain"


def test_many_texts_are_files():
    mail = EmailMessage()
    mail.set_content("first")
    for number in range(40):
        mail.add_attachment(f"text {number}", disposition="inline")
    content = mail_content.read(mail)
    assert len(content.texts) == mail_content.MAX_TEXTS
    assert len(content.texts) + len(content.files) == 41


def test_a_long_text_is_shown_and_a_file():
    mail = EmailMessage()
    mail.set_content("x" * (mail_content.MAX_TEXT + 1))
    content = mail_content.read(mail)
    assert len(content.texts) == 1
    assert [file.name for file in content.files] == ["text-1.txt"]


@pytest.mark.parametrize(
    "name, cleaned",
    [
        ("../../etc/passwd", "etc_passwd"),
        ("photo\u202egnp.exe", "photo_gnp.exe"),
        ("a\r\nb.txt", "a b.txt"),
        ("", "file"),
        ("...", "file"),
        ("Счёт №5.pdf", "Счёт №5.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_names(name, cleaned):
    assert mail_content.clean_name(name) == cleaned


@pytest.mark.parametrize(
    "path",
    [it for name in ("malformed", "mime", "bounces") for it in files(SHARED / name)],
    ids=names,
)
def test_mails_of_others(path):
    message = parse(path.read_bytes())
    content = mail_content.read(message)
    assert content.texts or content.files or not message.get_payload()
    for file in content.files:
        assert file.name and file.content


# ----------------------------------------------------------------------------
# winmail.dat
# ----------------------------------------------------------------------------


def get_winmail():
    (file,) = read("winmail").files
    assert file.is_tnef
    return file.content


def test_winmail():
    found = mail_tnef.read(get_winmail())
    assert found.files == [
        ("Акт осмотра.txt", b"contents of the act"),
        ("Счёт на ремонт.pdf", b"%PDF-1.4"),
    ]
    assert found.text == "Text in winmail"


def test_short_names_of_winmail():
    data = get_winmail().replace(struct.pack("<H", 0x3707), struct.pack("<H", 0x3999))
    names_ = [name for name, _content in mail_tnef.read(data).files]
    assert names_ == ["ACT~1.TXT", "СЧЕТ.PDF"]


@pytest.mark.parametrize("end", range(0, 340, 7))
def test_winmail_that_is_cut(end):
    found = mail_tnef.read(get_winmail()[:end])
    assert all(isinstance(content, bytes) for _name, content in found.files)


def test_what_is_no_winmail():
    assert mail_tnef.read(b"MZ" + b"\0" * 100) == mail_tnef.Tnef()


@given(st.binary(max_size=400), st.integers(0, 330))
@settings(max_examples=150, deadline=None)
def test_broken_winmail(noise, place):
    data = get_winmail()
    mail_tnef.read(data[:place] + noise + data[place + len(noise) :])
    mail_tnef.read(data[:6] + noise)


# ----------------------------------------------------------------------------
# Invitations
# ----------------------------------------------------------------------------


def test_invitation():
    content = read("calendar")
    assert [text.kind for text in content.texts] == ["plain", "calendar"]
    assert [file.name for file in content.files] == ["invitation.ics"]
    (event,) = mail_calendar.read_events(content.texts[1].text)
    assert event == mail_calendar.Event(
        summary="Осмотр принтера, второй этаж",
        start="2026-11-25 10:00 Europe/Moscow",
        end="2026-11-25 11:00 Europe/Moscow",
        place="Ленина 5; комната 12",
        method="REQUEST",
    )


def test_day_and_utc():
    text = (
        "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261125\nDTEND:20261126T080000Z\nEND:VEVENT"
    )
    (event,) = mail_calendar.read_events(text)
    assert (event.start, event.end) == ("2026-11-25", "2026-11-26 08:00 UTC")


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "SUMMARY:x", "\n", " "]
                + ["DTSTART;TZID=", ":", ";", '"', "20261125T100000", "\\", "METHOD:A"]
            ),
            st.text(max_size=5),
        ),
        max_size=30,
    ).map("".join)
)
@settings(max_examples=150, deadline=None)
def test_any_calendar(text):
    mail_calendar.read_events(text)
