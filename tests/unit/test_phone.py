import pytest
from phone import get_digits, get_local, get_parts


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+7 (495) 123-45-67", "74951234567"),
        ("8.495/123\u201145\u00a067", "84951234567"),
        ("1234", "1234"),
        ("123", ""),
        ("12345 Ivan", ""),
        ("٤٩٥١٢٣٤", ""),
        ("", ""),
        (None, ""),
        (False, ""),
    ],
)
def test_digits(text, digits):
    assert get_digits(text) == digits


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("+7 (495) 123-45-67", ["4951234567"]),
        ("8 495 1234567", ["4951234567"]),
        ("495 123 45 67", ["4951234567"]),
        ("1234567", ["1234567"]),
        ("8 495 123", ["8495123", "495123"]),
        ("0032 485 11 22 33", ["2485112233"]),
        ("0485 11 22 33", ["485112233"]),
        ("0000", []),
        ("Ivan", []),
    ],
)
def test_parts(text, parts):
    assert get_parts(text) == parts


def test_local():
    assert get_local("+7 (495) 123-45-67") == "1234567"
    assert get_local("1234567") == ""
