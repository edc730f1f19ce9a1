import time
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_authentication import FAIL, PASS, UNKNOWN, read_authentication
from mail_trust import (
    APPEND,
    CLIENT,
    JOIN,
    NEW,
    OURS,
    Circle,
    Contact,
    Sender,
    Trust,
    choose_contact,
    find_addresses,
    find_doubt,
    get_domain,
    get_mailboxes,
    is_for_staff,
    is_in_circle,
    is_named,
    is_same_mailbox,
    route,
)

MAILS = Path(__file__).resolve().parents[1] / "mail" / "trust"
IVAN = "ivan@romashka.example"
FIRM, OTHER = 10, 20


# --- addresses


def test_addresses_of_headers():
    text = f'"Petrov, Ivan" <{IVAN.upper()}>, oleg@vector.example; {IVAN}'
    assert find_addresses(text, None, "Anna <anna@x.ru>") == [
        IVAN,
        "oleg@vector.example",
        "anna@x.ru",
    ]


@pytest.mark.parametrize(
    ("address", "boxes"),
    [
        (IVAN, (IVAN,)),
        ("Ivan+Printer@Romashka.example", ("ivan+printer@romashka.example", IVAN)),
        ("+tag@x.ru", ("+tag@x.ru",)),
        ("a+b+c@x.ru", ("a+b+c@x.ru", "a@x.ru")),
        ("nobody", ()),
        ("@x.ru", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_mailboxes(address, boxes):
    assert get_mailboxes(address) == boxes


def test_same_mailbox():
    assert is_same_mailbox("ivan+a@x.ru", "Ivan+b@X.ru")
    assert not is_same_mailbox("ivan@x.ru", "ivan@y.ru")
    assert not is_same_mailbox("", "")
    assert not is_same_mailbox("petrov@gmail.com", "etrov@gmail.com")


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        (IVAN, "romashka.example"),
        ("ivan@GMAIL.com", ""),
        ("ivan@internet.ru", ""),
        ("ivan", ""),
        ("", ""),
    ],
)
def test_domain(address, domain):
    assert get_domain(address, free=("gmail.com",)) == domain


def test_long_words_are_read_fast():
    start = time.process_time()
    find_addresses("a" * 400_000, "@" * 400_000, "a@" * 200_000)
    assert time.process_time() - start < 5


# --- contacts


def test_one_contact():
    one = Contact(1, FIRM)
    assert choose_contact([one]) == one
    assert choose_contact([]) is None


def test_the_same_person_entered_twice():
    assert choose_contact([Contact(1, FIRM), Contact(2, FIRM)]).id == 1


def test_two_firms_are_not_guessed():
    both = [Contact(1, FIRM), Contact(2, OTHER)]
    assert choose_contact(both) is None
    assert choose_contact(both, OTHER).id == 2
    assert choose_contact(both, 30) is None


def test_a_colleague_goes_before_all():
    assert choose_contact([Contact(1, FIRM), Contact(2, OTHER, is_ours=True)]).id == 2


def test_the_full_address_goes_before_that_without_tag():
    both = [Contact(1, FIRM, is_exact=False), Contact(2, OTHER)]
    assert choose_contact(both).id == 2


def test_contacts_of_another_company_of_ours():
    theirs = Contact(1, FIRM, company_id=5)
    assert choose_contact([theirs], company_id=5) == theirs
    assert choose_contact([theirs], company_id=6) is None
    assert choose_contact([theirs, Contact(2, OTHER)], company_id=6).id == 2


def test_nobody_in_doubt():
    sender = Sender(IVAN, "dmarc=fail", (Contact(1, FIRM, is_ours=True),))
    assert sender.get_contact(FIRM) is None


@pytest.mark.parametrize(
    ("froms", "doubt"),
    [
        ([f"Ivan <{IVAN}>"], ""),
        ([f'"{IVAN}" <{IVAN}>'], ""),
        ([], ""),
        (["nobody"], ""),
        ([f"{IVAN}, x@evil.example"], f"From: {IVAN}, x@evil.example"),
        ([IVAN, "x@evil.example"], f"From: {IVAN}, x@evil.example"),
        ([IVAN, IVAN.upper()], ""),
    ],
)
def test_several_senders(froms, doubt):
    assert find_doubt(froms) == doubt


@pytest.mark.parametrize(
    "path", sorted(MAILS.rglob("*.eml")), ids=lambda it: f"{it.parent.name}/{it.stem}"
)
def test_mails(path):
    message = message_from_bytes(path.read_bytes(), policy=policy.SMTP)
    word = read_authentication(message, ["mx.helpdesk.example.com"]).verdict
    is_doubted = word == FAIL or bool(find_doubt(message.get_all("From")))
    assert is_doubted == (path.parent.name == "doubt")
    if not is_doubted:
        assert word == {"proven": PASS, "unknown": UNKNOWN}[path.parent.name]


# --- part in a conversation


CIRCLE = Circle((IVAN, "boss@gmail.com"), FIRM)


@pytest.mark.parametrize(
    ("sender", "takes_part"),
    [
        (Sender(IVAN), True),
        (Sender("ivan+x@romashka.example"), True),
        (Sender("anna@romashka.example"), True),
        (Sender("boss@gmail.com"), True),
        (Sender("another@gmail.com"), False),
        (Sender("oleg@vector.example"), False),
        (Sender("oleg@vector.example", contacts=(Contact(1, FIRM),)), True),
        (Sender("oleg@vector.example", contacts=(Contact(1, OTHER),)), False),
        (Sender("me@desk.example", contacts=(Contact(1, 1, True),)), True),
        (Sender("me@desk.example", "dkim", (Contact(1, 1, True),)), False),
        (Sender(IVAN, "dmarc=fail"), False),
        (Sender(), False),
    ],
)
def test_circle(sender, takes_part):
    assert is_in_circle(sender, CIRCLE, free=("gmail.com",)) is takes_part


def test_a_ticket_of_nobody():
    assert not is_in_circle(Sender(IVAN, contacts=(Contact(1, FIRM),)), Circle())


def test_named():
    assert is_named("anna+x@gmail.com", "Ivan <i@x.ru>", "Anna <anna@gmail.com>")
    assert not is_named("nna@gmail.com", "Anna <anna@gmail.com>")
    assert not is_named("", "Anna <anna@gmail.com>")


# --- routing


@pytest.mark.parametrize(
    ("asked", "part", "decision", "found"),
    [
        ([], [], "", (NEW, None)),
        ([1], [1], "", (APPEND, 1)),
        ([1], [], "", (JOIN, 1)),
        ([1, 2], [2], "", (APPEND, 2)),
        ([1, 2], [], "", (JOIN, 1)),
        ([1, 1, 2], [1, 2], "", (APPEND, 1)),
        ([1], [], APPEND, (APPEND, 1)),
        ([1], [1], NEW, (NEW, None)),
        ([], [], APPEND, (NEW, None)),
    ],
)
def test_route(asked, part, decision, found):
    assert route(asked, lambda it: it in part, decision) == found


@given(st.lists(st.integers(1, 5)), st.sets(st.integers(1, 5)))
def test_nothing_joins_where_the_sender_has_no_part(asked, part):
    what, ticket_id = route(asked, lambda it: it in part)
    assert what != APPEND or ticket_id in part
    assert what != NEW or not asked


def test_what_a_colleague_forwards_is_a_note():
    ours, client = Trust(OURS), [IVAN]
    assert is_for_staff(ours, True, client, "desk@desk.example")
    assert not is_for_staff(ours, True, client, f"Ivan <{IVAN}>", "desk@desk.example")
    assert not is_for_staff(ours, False, client, "desk@desk.example")
    assert not is_for_staff(Trust(CLIENT), True, client, "desk@desk.example")


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text(one, other):
    for address in find_addresses(one, other):
        assert get_mailboxes(address)
        assert is_same_mailbox(address, address)
    get_domain(one)
    get_mailboxes(one)
    assert isinstance(find_doubt([one, other]), str)
