from datetime import datetime

from babel import Locale
from opening import describe

MONDAY = datetime(2026, 1, 12, 6)


def test_in_the_order_of_the_language():
    russian = describe(MONDAY, "Europe/Moscow", Locale.parse("ru_RU"))
    assert russian.replace("\u202f", " ") == (
        "понедельник, 12 января 2026 г., 09:00 (Москва)"
    )
    english = describe(MONDAY, "Europe/Moscow", Locale.parse("en_US"))
    assert english.replace("\u202f", " ") == (
        "Monday, January 12, 2026, 9:00 AM (Moscow)"
    )


def test_day_of_the_desk():
    late = datetime(2026, 1, 11, 20)
    assert "12 января" in describe(late, "Asia/Vladivostok", Locale.parse("ru_RU"))


def test_zone_that_is_no_place():
    for zone in ("UTC", "Etc/UTC"):
        assert describe(MONDAY, zone, Locale.parse("en_US")).endswith("(UTC)")
