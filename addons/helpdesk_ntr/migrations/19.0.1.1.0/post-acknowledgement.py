import hashlib

from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.tools import file_open
from odoo.tools.sql import SQL

NAME = "mail_template_acknowledgement"
DATA = "helpdesk_ntr/data/mail_template_data.xml"

# The texts of 19.0.1.0.0, without white space.
FORMER = {
    "en_US": "982cce0abecff02b21125bca60e3e945e40fe7a980968ee7c4444bbe5a8ff62b",
    "ru_RU": "722124bd3d9c86024f2795044046870aaa499a12ba61089a0a0714d1062d2318",
}


def migrate(cr, version):
    """The acknowledgement says when the desk opens again, where nobody has changed its
    text. Translations that go are loaded anew after this."""
    env = api.Environment(cr, SUPERUSER_ID, {"lang": None})
    template = env.ref(f"helpdesk_ntr.{NAME}", raise_if_not_found=False)
    texts = _read_texts(template) if template else {}
    if not _is_former("en_US", texts):
        return
    translated = {lang: text for lang, text in texts.items() if lang != "en_US"}
    kept = {
        lang: text
        for lang, text in translated.items()
        if not _is_former(lang, translated)
    }
    template.with_context(lang="en_US").body_html = _read_new_text()
    env.flush_all()
    for lang in translated.keys() - kept.keys():
        cr.execute(
            SQL(
                "UPDATE mail_template SET body_html = body_html - %s WHERE id = %s",
                lang,
                template.id,
            )
        )
    env.invalidate_all()


def _read_texts(template):
    """{language: text}"""
    template.env.cr.execute(
        SQL("SELECT body_html FROM mail_template WHERE id = %s", template.id)
    )
    return template.env.cr.fetchone()[0] or {}


def _is_former(lang, texts):
    text = "".join((texts.get(lang) or "").split())
    return hashlib.sha256(text.encode()).hexdigest() == FORMER.get(lang)


def _read_new_text():
    """What a new database gets."""
    with file_open(DATA, "rb") as file:
        root = etree.parse(file).getroot()
    (field,) = root.xpath(f"//record[@id='{NAME}']/field[@name='body_html']")
    return "".join(etree.tostring(node, encoding="unicode") for node in field)
