import pytest
from hypothesis import given
from hypothesis import strategies as st
from subject_number import find_number, find_numbers, normalize, strip_prefixes


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("[HD-2026-00123] Printer", "HD-2026-00123"),
        ("Re: [HD-2026-00123] Printer", "HD-2026-00123"),
        ("Ответ: HD-2026-00123 принтер", "HD-2026-00123"),
        ("по заявке №HD-2026-00123", "HD-2026-00123"),
        ("hd-2026-00123", "HD-2026-00123"),
        ("(HD-2026-00123), опять", "HD-2026-00123"),
        ("HD-2026-00123.", "HD-2026-00123"),
        ("[HD-00123] without a year", "HD-00123"),
        ("[HD-2026-1234567] many", "HD-2026-1234567"),
        ("[HD\u20132026\u201300123] dashes of a word processor", "HD-2026-00123"),
        ("[HD-2026-\r\n 00123] folded", "HD-2026-00123"),
        ("НD-2026-00123 with a Cyrillic Н", "HD-2026-00123"),
        ("_HD-2026-00123_", "HD-2026-00123"),
        # what only looks like one
        ("Printer HD-2026", "HD-2026"),
        ("FHD-2026-00123", None),
        ("HD-12", None),
        ("HD-2026-00123-A4", None),
        ("X-HD-2026-00123", None),
        ("HDD 2026 00123", None),
        ("ISO-9001", None),
        ("", None),
        (None, None),
    ],
)
def test_find_number(subject, number):
    assert find_number(subject) == number


def test_bracketed_number_comes_first():
    subject = "HD-2026-00001 and [HD-2026-00002] and HD-2026-00001"
    assert find_numbers(subject) == ["HD-2026-00002", "HD-2026-00001"]


def test_prefixes_of_several_teams():
    prefixes = ["HD", "H", "СЕРВИС", "A.B"]
    assert find_numbers("[H-2026-001] [СЕРВИС-00017] axb-00018", prefixes) == [
        "H-2026-001",
        "СЕРВИС-00017",
    ]
    assert find_numbers("сервис-00017", prefixes) == ["СЕРВИС-00017"]
    assert find_numbers("[HD-2026-00123]", []) == []


@pytest.mark.parametrize(
    ("subject", "stripped"),
    [
        ("Re: Printer", "Printer"),
        ("RE: FW: Fwd: Printer", "Printer"),
        ("Re[2]: Re(3): Re^4: Printer", "Printer"),
        ("Отв: Пересл: Ответ: НА: ПЕР: Принтер", "Принтер"),
        ("AW: WG: Antwort: Drucker", "Drucker"),
        ("  Re :  Printer  in   room 5 ", "Printer in room 5"),
        ("Reset: the printer", "Reset: the printer"),
        ("Наклейка: новая", "Наклейка: новая"),
        ("Re:", ""),
        (None, ""),
    ],
)
def test_strip_prefixes(subject, stripped):
    assert strip_prefixes(subject) == stripped


@pytest.mark.parametrize(
    "subject",
    [
        "Printer Prints STRIPES",
        "Re: [HD-2026-00123] Printer prints stripes",
        "[HD-2026-00123] RE: FW: printer prints stripes",
        "Re: printer  prints stripes [НD\u20132026\u201300123]",
    ],
)
def test_normalize(subject):
    assert normalize(subject) == "printer prints stripes"


def test_normalize_keeps_what_is_not_ours():
    assert normalize("[ISO-9001] Audit HD-2026-00123") == (
        "[iso-9001] audit hd-2026-00123"
    )


subjects = st.one_of(
    st.text(max_size=100),
    st.text("HDНhdНſıKRe:FwОтвет[]()№#-\u2013 0123456789", max_size=60),
)


@given(subjects, st.lists(st.text("HDНſK.-[", max_size=4), max_size=3))
def test_any_subject(subject, prefixes):
    for number in find_numbers(subject, prefixes):
        assert number.rpartition("-")[2].isdigit()
        assert number.startswith(tuple(filter(None, prefixes)))
    stripped = strip_prefixes(subject)
    assert strip_prefixes(stripped) == stripped
    normal = normalize(subject, prefixes)
    assert normalize(f"Re: {subject}", prefixes) == normal


@given(st.integers(1000, 9999), st.integers(1, 10**9), subjects)
def test_our_own_subject_is_always_found(year, count, subject):
    number = f"HD-{year}-{count:05}"
    assert find_number(f"Re: [{number}] {subject}") == number


def test_bounded_work():
    assert find_numbers("HD-2026-00123 " * 100_000) == ["HD-2026-00123"]
    assert strip_prefixes("Re: " * 100_000) == ""
    assert len(find_numbers(" ".join(f"HD-{n}" for n in range(1000, 9999)))) == 10
