"""What strangers send as HTML does no harm where it is shown."""

import email
import email.policy
import re
from pathlib import Path

import mail_content
import mail_html
import mail_quote
import mail_repair
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from mail_html import clean

NASTY = Path(__file__).resolve().parents[1] / "mail" / "nasty"
HANDLER = re.compile(r"on[a-z]+$", re.I)
ATTRIBUTES = {
    *mail_html.ATTRIBUTES,
    *("href", "src", "style", "rel", "target", mail_html.REMOTE),
}


def parse(source):
    """As a browser would, or nearly."""
    return html.document_fromstring(f"<html><body><div>{source}</div></body></html>")


def check_harmless(source):
    """Nothing is in it that was not named as harmless."""
    for element in parse(source).find("body").iter():
        assert isinstance(element.tag, str), "a comment or an instruction"
        assert element.tag in {*mail_html.TAGS, "body"}, element.tag
        for name, value in element.attrib.items():
            assert name in ATTRIBUTES and not HANDLER.match(name), name
            if name == "href":
                assert re.match(r"(https?|ftp)://|(mailto|tel|sip|callto|xmpp):", value)
            elif name == "src":
                assert value.startswith("cid:")
            elif name == mail_html.REMOTE:
                assert re.match(r"https?://", value)
            elif name == "style":
                assert not re.search(r"[\\@<>{}]|url|expression|position|/\*", value)


def read_nasty(name):
    raw = (NASTY / f"{name}.eml").read_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    mail_repair.repair(message)
    (text,) = mail_content.read(message).texts
    return clean(text.text, mail_quote.mark)


NAMES = sorted(path.stem for path in NASTY.glob("*.eml"))


@pytest.mark.parametrize("name", NAMES)
def test_nasty_mails_are_harmless_and_readable(name):
    cleaned = read_nasty(name)
    check_harmless(cleaned.html)
    assert "Принтер не печатает" in cleaned.html
    assert "alert" not in cleaned.html and "evil" not in cleaned.html.replace(
        "https://evil.example/", ""
    )


def test_there_are_nasty_mails():
    assert len(NAMES) >= 10


def test_what_is_said_stays():
    source = (
        "<div style=\"color: red; font-family: 'Times New Roman', serif\">Hello <b>you"
        '</b><a href="https://a.example/x?y=1&amp;z=2">there</a></div>'
        '<table border="1" width="100%"><tr><td colspan="2">cell</td></tr></table>'
    )
    text = clean(source).html
    assert "color: red" in text and "'Times New Roman', serif" in text
    assert 'href="https://a.example/x?y=1&amp;z=2"' in text
    assert 'colspan="2"' in text and "<b>you</b>" in text


def test_forms_are_text():
    assert "note" in read_nasty("forms").html


def test_pictures_from_elsewhere_wait():
    cleaned = read_nasty("pictures")
    assert cleaned.remote == 6
    assert not re.search(r"(?<!original-)src=\"https?:", cleaned.html)
    assert 'data-original-src="https://track.example/open.gif?u=ivan"' in cleaned.html
    assert 'data-original-src="https://track.example/two.png"' in cleaned.html


def test_pictures_in_the_text_become_files():
    (picture,) = read_nasty("pictures").pictures
    assert picture.mimetype == "image/png" and picture.content.startswith(b"\x89PNG")
    assert f"cid:{picture.cid}" in read_nasty("pictures").html


def test_pictures_of_the_mail_itself_stay():
    assert clean('<img src="cid:a%40b" alt="x">').html == '<img alt="x" src="cid:a@b">'


def test_pictures_that_came_back_still_wait():
    source = '<img data-original-src="https://a.example/x.png">'
    assert clean(source).html == source


@pytest.mark.parametrize(
    "style",
    [
        "position: fixed",
        "margin: -10px",
        "margin-left:-10px",
        "background: url(http://a.example/x)",
        "width: calc(100% + 5px)",
        "color: var(--x)",
        "color: r\\65 d",
        "font-family: 'a\\'",
        "display: flex",
        "color: red}body{color:blue",
        "width: expression(alert(1))",
        "content: 'x'",
    ],
)
def test_styles_that_go(style):
    assert "style=" not in clean(f'<p style="{style}">x</p>').html


@pytest.mark.parametrize(
    "style",
    [
        "color: #1f497d",
        "color: rgb(1, 2, 3)",
        "margin: 0 auto",
        "font-size: 11.0pt",
        "border-left: 1px solid #ccc",
        "width: 50%",
        "line-height: .8",
        "padding: 1px 2px !important",
    ],
)
def test_styles_that_stay(style):
    assert f'style="{style}"' in clean(f'<p style="{style}">x</p>').html


def test_too_deep_is_text():
    assert read_nasty("deep").is_text


def test_too_wide_is_text():
    cleaned = clean("<br>x" * (mail_html.MAX_CHILDREN + 1))
    assert cleaned.is_text and cleaned.html.startswith("<pre ")


@pytest.mark.parametrize(
    "piece",
    ["<", "<p>a<br>", '<a href="', "&", "<!--", "<![CDATA[", "</p>", "<b>a<i>", "]]>"],
)
def test_much_of_anything(piece):
    check_harmless(clean(piece * (500_000 // len(piece))).html)


def test_style_of_any_length():
    clean('<p style="' + "a:1;" * 50_000 + '">x</p>')
    clean('<p style="color:' + "1" * 50_000 + 'x!">x</p>')
    clean('<p style="color:' + "a-" * 1_000 + '(">x</p>')


# ----------------------------------------------------------------------------
# Anything
# ----------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<div ",
            ">",
            "<",
            "/>",
            "<svg",
            "</svg>",
            "<math>",
            "<style>",
        ),
        *(
            "</style>",
            "<script>",
            "</script",
            "<!--",
            "-->",
            "--!>",
            "<![CDATA[",
            "]]>",
        ),
        *("<noscript>", "<template>", "<table>", "<td>", "<form ", "<iframe srcdoc="),
        *(
            "<img src=",
            "<a href=",
            "javascript:alert(1)",
            "java\tscript:x",
            "&#106;ava",
        ),
        *(
            "data:text/html,x",
            "https://a.example/x",
            "//a.example",
            " onerror=alert(1)",
        ),
        *(
            " style=",
            '"',
            "'",
            "position:fixed",
            "url(http://a.example)",
            "\\75 rl(",
            "/**/",
        ),
        *(
            "expression(1)",
            "@import",
            "&lt;script&gt;",
            "&#0;",
            "\0",
            "\u2028",
            "<o:p>",
        ),
        *("<title>", "</title>", "<textarea>", "<plaintext>", "<xmp>", "<base href=x>"),
        *(
            "<meta http-equiv=refresh>",
            "<blockquote>",
            "<br>",
            "wrote:",
            "От: ",
            "text ",
        ),
        *(
            "<mglyph>",
            "<mtext>",
            "<foreignObject>",
            " xlink:href=",
            " srcset=",
            "=",
            ";",
        ),
    ]
)
SOURCES = st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=40).map("".join)


@given(SOURCES)
@settings(max_examples=400, deadline=None)
def test_anything_is_harmless(source):
    cleaned = clean(source, mail_quote.mark)
    check_harmless(cleaned.html)


@given(SOURCES)
@settings(max_examples=200, deadline=None)
def test_once_more_changes_nothing_that_matters(source):
    once = clean(source).html
    twice = clean(once).html
    check_harmless(twice)
    assert mail_html.to_text(once).split() == mail_html.to_text(twice).split()
