"""What a mail repeats is marked, in whatever way its program does it."""

import email
import email.policy
from pathlib import Path

import mail_repair
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from mail_html import clean, to_text
from mail_quote import QUOTE, is_attribution, mark, mark_text
from test_mail_verdict import SHARED, files, names

QUOTES = Path(__file__).resolve().parents[1] / "mail" / "quotes"
NEW, OLD = "Принтер снова печатает полосы.", "Мы заменили ролик."


def read_visible(source):
    """What is not folded, in one line."""
    root = html.fromstring(f"<div>{source}</div>")
    for element in root.xpath(f"//*[@{QUOTE}]"):
        element.drop_tree()
    return " ".join(root.text_content().split())


def read_mails(path):
    """(HTML as it is shown, all its words) of each text of a mail."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.SMTP)
    mail_repair.repair(message)
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            yield mark_text(part.get_content()), part.get_content()
        elif part.get_content_type() == "text/html":
            text = part.get_content()
            yield clean(text, mark).html, to_text(text)


@pytest.mark.parametrize("path", files(QUOTES), ids=names)
def test_own_mails(path):
    shown = list(read_mails(path))
    assert shown
    for text, source in shown:
        assert read_visible(text) == NEW
        assert OLD in text and OLD in source


@pytest.mark.parametrize(
    "path",
    [it for it in files(SHARED / "replies") if it.suffix == ".eml"],
    ids=names,
)
def test_mails_of_others(path):
    for text, _source in read_mails(path):
        first = read_visible(text)
        assert first.startswith(("H", "Allo")) and len(first) < 100


def test_there_are_mails():
    assert len(files(QUOTES)) >= 12


def test_answers_between_the_lines_stay():
    text = "18.11.2026, 10:12, Desk:\n> One?\nYes.\n> Two?\nNo."
    assert read_visible(mark_text(text)) == "Yes. No."


def test_only_repeated_is_all_shown():
    assert QUOTE not in mark_text("> Only\n> this")
    assert QUOTE not in clean("<blockquote>Only this</blockquote>", mark).html


def test_forwarded_is_all_shown():
    text = "See below.\n\n-------- Пересылаемое сообщение --------\nОт: a\n\nBroken."
    assert QUOTE not in mark_text(text, is_forward=True)


@pytest.mark.parametrize(
    "text",
    [
        "Модель: МФУ\nОт: сети питания\nСломано",
        "Дата: вчера\nПишет: error 5",
        "a --- b\n-- \nIvan",
        "Температура > 50",
        "Пароль от: компьютера",
    ],
)
def test_words_that_are_news(text):
    assert QUOTE not in mark_text(text)


def test_nothing_is_lost():
    text = "New\n\nOn Mon, Jan 5, 2026, Ivan wrote:\n> <old> & gone\n"
    root = html.fromstring(mark_text(text))
    assert root.text_content() == text


def test_indented_text_of_ones_own():
    source = "<p>The error says:</p><blockquote>E-12</blockquote><p>Please help</p>"
    assert read_visible(clean(source, mark).html).startswith("The error says:")


def test_attribution():
    assert is_attribution("On Wed, Nov 18, 2026 at 10:12 AM, Desk <a@b.c> wrote:")
    assert is_attribution("18.11.2026 10:12, Служба поддержки пишет:")
    assert not is_attribution("Делаю так:")
    assert not is_attribution("")


WORDS = st.sampled_from(
    [
        *(
            "> ",
            "\n",
            "\r\n",
            "On 1.1.2026 a wrote:",
            "От: a",
            "Отправлено: b",
            "Тема: c",
        ),
        *("-----Original Message-----", "_" * 30, "text", " ", "пишет:", "<b>", "&"),
    ]
)


@given(st.lists(st.one_of(WORDS, st.text(max_size=4)), max_size=40).map("".join))
@settings(max_examples=200, deadline=None)
def test_no_word_is_lost(text):
    shown = mark_text(text)
    if shown:
        words = html.fromstring(mail_words(shown)).text_content().split()
        assert words == mail_words(text).split()


def mail_words(text):
    """Without what no HTML can hold, and no line ends that it makes of others."""
    return "".join(it for it in text if it.isprintable() or it in "\r\n\t")
