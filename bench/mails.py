"""The mails that the measurements take in, the same in every run."""

from collections import namedtuple
from email.message import EmailMessage
from itertools import product

SENDERS = ("unknown sender", "known contact", "contact of a company")
CONTENTS = ("text", "html", "attachment")
LANGUAGES = ("en", "ru")
KINDS = tuple(product(SENDERS, CONTENTS, LANGUAGES))

Mail = namedtuple("Mail", "sender content lang number run")

_SUBJECTS = {
    "en": "The printer in room {} prints grey stripes",
    "ru": "Принтер в кабинете {} печатает серые полосы",
}
_TEXTS = {
    "en": """Good day,

since this morning the printer in room {} prints grey stripes on every page. We have
changed the cartridge and cleaned the glass, the stripes are still there. The counter
stands at {} pages, the serial number is at the back and reads TX-{}.

When could somebody come and look at it? We are here from nine to six.

--
With kind regards,
Alex Petrov, office manager
""",
    "ru": """Добрый день!

С утра принтер в кабинете {} печатает серые полосы на каждой странице. Картридж
поменяли, стекло протёрли, полосы остались. Счётчик показывает {} страниц, серийный
номер на задней стенке: TX-{}.

Когда сможет подъехать инженер? Мы на месте с девяти до шести.

--
С уважением,
Алексей Петров, офис-менеджер
""",
}
_HTML = (
    '<html><head><style>p {{color: #222}}</style></head><body><p style="margin:0">{}'
    '</p><table border="1"><tr><td>TX</td><td><b>{}</b></td></tr></table>'
    '<a href="https://client.example/units/{}">https://client.example</a></body></html>'
)
_ATTACHMENT_BYTES = 20_000


def make_mails(count, run):
    """Return that many mails of mixed kinds.

    :param run: a name that sets these mails apart from those of other runs
    """
    return [Mail(*KINDS[index % len(KINDS)], index, run) for index in range(count)]


def get_address(mail):
    """Return the sender's address; contacts keep theirs from run to run."""
    if mail.sender == "unknown sender":
        return f"new{mail.number}.{mail.run}@unknown.example"
    domain = "person" if mail.sender == "known contact" else "company"
    return f"client{mail.number}@{domain}.example"


def render(mail, recipient, tag):
    """Return the bytes of a mail.

    :param tag: makes the Message-ID differ for each recipient
    """
    number = 100 + mail.number
    text = _TEXTS[mail.lang].format(number, number * 31, number * 7919)
    message = EmailMessage()
    message["From"] = f"Alex Petrov <{get_address(mail)}>"
    message["To"] = recipient
    message["Subject"] = _SUBJECTS[mail.lang].format(number)
    message["Message-ID"] = f"<{tag}.{mail.run}.{mail.number}@client.example>"
    message["Date"] = "Mon, 02 Nov 2026 09:30:00 +0300"
    message.set_content(text, cte="base64" if mail.lang == "ru" else "quoted-printable")
    if mail.content == "html":
        html = _HTML.format(text.replace("\n", "<br/>"), number, number)
        message.add_alternative(html, subtype="html")
    if mail.content == "attachment":
        # Other bytes for each recipient: none finds the file of the other stored.
        start = f"{tag}.{mail.run}.{mail.number}".ljust(40).encode()
        message.add_attachment(
            start + bytes(_ATTACHMENT_BYTES - len(start)),
            maintype="application",
            subtype="octet-stream",
            filename="journal.bin",
        )
    return message.as_bytes()
