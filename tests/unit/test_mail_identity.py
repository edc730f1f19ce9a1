from email import message_from_bytes, policy
from email.message import EmailMessage

from hypothesis import given, settings
from hypothesis import strategies as st
from mail_identity import fingerprint, get_message_id


def make(text="Stripes on paper", cte="quoted-printable", **headers):
    mail = EmailMessage()
    values = {
        "From": "Anna <anna@romashka.example>",
        "Date": "Mon, 2 Mar 2026 10:00:00 +0300",
        "Subject": "Принтер",
        "Message-ID": "<1@romashka.example>",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in values.items():
        if value:
            mail[name] = value
    mail.set_content(text, cte=cte)
    return mail


def test_the_way_does_not_count():
    first = make()
    again = make(Received="from mx.example by us; Mon", Delivered_To="b@desk.example")
    again["X-Spam-Score"] = "1"
    assert fingerprint(first) == fingerprint(again)


def test_the_encoding_of_a_server_does_not_count():
    assert fingerprint(make()) == fingerprint(make(cte="base64"))
    raw = make().as_bytes()
    other_ends = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert fingerprint(message_from_bytes(raw, policy=policy.SMTP)) == fingerprint(
        message_from_bytes(other_ends, policy=policy.SMTP)
    )


def test_what_was_written_counts():
    first = fingerprint(make())
    for other in (
        make(text="Stripes on plastic"),
        make(Subject="Сканер"),
        make(From="boris@romashka.example"),
        make(Date="Mon, 2 Mar 2026 10:00:01 +0300"),
    ):
        assert fingerprint(other) != first


def test_files_count():
    mail, other = make(), make()
    for each, content in ((mail, b"one"), (other, b"two")):
        each.add_attachment(content, maintype="image", subtype="png", filename="a.png")
    assert len({fingerprint(make()), fingerprint(mail), fingerprint(other)}) == 3


def test_message_id():
    assert get_message_id(make()) == "1@romashka.example"
    assert get_message_id(make(Message_ID=None)) == ""
    raw = message_from_bytes(b"Message-ID:  no-brackets@x \r\n\r\n")
    assert get_message_id(raw) == "no-brackets@x"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes(raw):
    message = message_from_bytes(raw)
    assert len(fingerprint(message)) == 64
    assert isinstance(get_message_id(message), str)
