"""Which rule decides about a sender."""

import mail_rule
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_rule import Rule, clean, find


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("Ivan@Firm.Example", "ivan@firm.example"),
        (" firm.example. ", "firm.example"),
        ("@firm.example", "firm.example"),
        ("*.firm.example", "firm.example"),
        ("*@firm.example", "firm.example"),
        ("почта@фирма.рф", "почта@фирма.рф"),
        ("a.b+c@sub.firm.example", "a.b+c@sub.firm.example"),
    ],
)
def test_written_in_other_ways(text, pattern):
    assert clean(text) == pattern


@pytest.mark.parametrize(
    "text",
    ["", None, "firm", "a b@firm.example", "a@b@c.example", "@", "a@firm", "x" * 300],
)
def test_no_sender(text):
    assert clean(text) is None


def rules(**by_pattern):
    return {
        pattern.replace("_", "."): tuple(
            Rule(number, action, team_id, company_id)
            for number, (action, team_id, company_id) in enumerate(rows)
        )
        for pattern, rows in by_pattern.items()
    }


def ask(known, address, team_id=1, company_id=1):
    found = find(known, address, team_id, company_id)
    return found and found.action


def test_address_over_domain():
    known = rules(shop_example=[("block", False, 1)])
    known["boss@shop.example"] = (Rule(9, "allow", False, 1),)
    assert ask(known, "boss@shop.example") == "allow"
    assert ask(known, "news@shop.example") == "block"


def test_longer_domain_over_shorter():
    known = rules(
        shop_example=[("block", False, 1)], mail_shop_example=[("allow", False, 1)]
    )
    assert ask(known, "a@mail.shop.example") == "allow"
    assert ask(known, "a@www.shop.example") == "block"


def test_team_over_all():
    known = rules(shop_example=[("block", False, 1), ("allow", 1, 1)])
    assert ask(known, "a@shop.example", team_id=1) == "allow"
    assert ask(known, "a@shop.example", team_id=2) == "block"
    assert ask(known, "a@shop.example", team_id=False) == "block"


def test_another_company():
    known = rules(shop_example=[("block", False, 2)])
    assert ask(known, "a@shop.example", company_id=1) is None


def test_a_part_of_a_name_is_another_name():
    known = rules(shop_example=[("block", False, 1)])
    assert ask(known, "a@workshop.example") is None
    assert ask(known, "shop.example@other.example") is None


def test_the_top_of_all_domains_is_nobody():
    known = {"example": (Rule(1, "block", False, 1),)}
    assert ask(known, "a@shop.example") is None


@given(st.text(max_size=300))
def test_any_text(text):
    pattern = clean(text)
    assert pattern is None or clean(pattern) == pattern
    assert find({}, text, 1, 1) is None


def test_dataclass_is_what_is_cached():
    assert mail_rule.Rule(1, "block", False, 1) == Rule(1, "block", False, 1)
