import pytest
from answer_signs import is_greeted, is_signed


@pytest.mark.parametrize(
    "text",
    [
        "Hello, Ivan!\nWe come.",
        "\n  Добрый день! Приедем.",
        "Здравствуйте,\nприедем",
        "Уважаемый Иван Петрович!",
        "Good morning. We come.",
    ],
)
def test_greeting_is_seen(text):
    assert is_greeted(text)


@pytest.mark.parametrize(
    "text",
    ["We come. Hello is said later", "Historic data", "Добрый совет", "", None],
)
def test_no_greeting(text):
    assert not is_greeted(text)


def test_the_greeting_of_the_team_is_seen():
    assert is_greeted(
        "Служба NTR рада вам, Иван. Приедем.", "Служба NTR рада вам, Иван!"
    )


@pytest.mark.parametrize(
    "text",
    [
        "We come.\nBest regards\nIvan",
        "Приедем.\n\nС уважением,\nИван",
        "Приедем\n--\nИван",
        "We come. Service of NTR, phone 1",
    ],
)
def test_signature_is_seen(text):
    assert is_signed(text, "Service of NTR,\n phone 1")


@pytest.mark.parametrize(
    "text",
    [
        "We come.",
        "Относимся с уважением.",
        "Regards to your printer",
        "Best regards\n" + "line\n" * 9,
        "",
        None,
    ],
)
def test_no_signature(text):
    assert not is_signed(text, "Service of NTR")
    assert not is_signed(text)
