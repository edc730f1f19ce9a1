"""What names a person is found as people and programs write it, and nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from personal_data import ERASED, Eraser

IVAN = Eraser(["ivan.p@romashka.example"], ["Ivan Petrov"], ["+7 900 123-45-67"])
OBRIEN = Eraser(["o'brien@x.example"], ["Shaun O'Brien"])
IVANOV = Eraser(["вася@почта.рф"], ["Василий Алибабаевич Иванов"])


@pytest.mark.parametrize(
    ("eraser", "text"),
    [
        (IVAN, "Write to ivan.p@romashka.example."),
        (IVAN, "IVAN.P@ROMASHKA.EXAMPLE"),
        (IVAN, '<a href="mailto:ivan.p%40romashka.example">here</a>'),
        (IVAN, "&lt;ivan.p@romashka.example&gt;"),
        (IVAN, "Ivan Petrov wrote"),
        (IVAN, "ivan petrov"),
        (IVAN, "Ivan\nPetrov"),
        (IVAN, "Ivan&nbsp;Petrov"),
        (IVAN, "Ivan\N{NO-BREAK SPACE}Petrov"),
        (IVAN, "?q=Ivan+Petrov"),
        (IVAN, "Petrov Ivan"),
        (IVAN, "Petrov, Ivan"),
        (IVAN, "call +79001234567"),
        (IVAN, "call +7 (900) 123 45 67"),
        (OBRIEN, "Shaun O&#39;Brien"),
        (OBRIEN, "Shaun O&#x27;Brien"),
        (OBRIEN, "o&#x27;brien@x.example"),
        (IVANOV, "Пишет ВАСИЛИЙ АЛИБАБАЕВИЧ ИВАНОВ"),
        (IVANOV, "<b>вася@почта.рф</b>"),
    ],
)
def test_found_and_hinted(eraser, text):
    erased = eraser.erase(text)
    assert ERASED in erased
    assert not eraser.found_in(erased)
    assert any(re.search(hint, text, re.IGNORECASE) for hint in eraser.hints)


@pytest.mark.parametrize(
    "text",
    [
        "xivan.p@romashka.example",
        "ivan.p@romashka.example.com",
        "ivan.p@romashka.example-shop",
        "Ivan Petrovich",
        "Stivan Petrov",
        "Ivan and Petrov",
        "79001234567890",
        "",
        None,
    ],
)
def test_others_are_left_alone(text):
    assert IVAN.erase(text) == text


def test_the_rest_of_the_text_stays():
    text = "<p>Ivan Petrov &lt;ivan.p@romashka.example&gt; wrote: the printer</p>"
    assert IVAN.erase(text) == f"<p>{ERASED} &lt;{ERASED}&gt; wrote: the printer</p>"


def test_nothing_to_look_for():
    assert not Eraser([None, ""], ["", None, "A"], ["12"])
    assert Eraser().erase("text") == "text"


@given(st.text(), st.text(min_size=1), st.text(min_size=2), st.text())
def test_any_text(text, email, name, phone):
    eraser = Eraser([email], [name], [phone])
    erased = eraser.erase(text, "")
    if erased == text:
        assert not eraser.found_in(text)
