"""From whom a mail is, and whether it may join the conversation that it refers to.

Nobody proves by a mail alone who he is: an address can be forged, and a reference or a
number can be copied. So a mail joins a ticket only where its sender takes part in it
already; whoever else refers to a ticket is asked about.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import getaddresses

# What a sender is to a ticket
OURS, CLIENT, SUPPLIER, UNKNOWN = "ours", "client", "supplier", "unknown"
# What becomes of a mail
APPEND, JOIN, NEW = "append", "join", "new"

MAX_TEXT = 500_000  # characters of headers: 2,000 recipients and their names
MAX_ASKED = 10
# Bounded: a pattern without ends reads a long word once for each of its letters.
ADDRESS = re.compile(r"[^\s<>()\[\]\",;:@\\]{1,64}@[^\s<>()\[\]\",;:@\\]{1,255}")
# Where everybody has an address, beside those that Odoo knows
FREE_DOMAINS = frozenset(
    """
    autorambler.ru bigmir.net e1.ru fastmail.com fromru.com front.ru hey.com
    hotbox.ru hotmail.ru i.ua internet.ru km.ru land.ru lenta.ru mail.by mail.kz
    mail.ua mail15.com meta.ua myrambler.ru narod.ru ngs.ru nm.ru pisem.net
    pochta.ru qip.ru rambler.ua ro.ru sendmail.ru sibmail.com tut.by tuta.io
    tutanota.com vk.com xaker.ru xmail.ru yandex.by yandex.kz yandex.ua
    """.split()
)


# ----------------------------------------------------------------------------
# Addresses
# ----------------------------------------------------------------------------


def find_addresses(*texts: str) -> list[str]:
    """The addresses in texts of headers: in small letters, each once, as they stand."""
    found = []
    left = MAX_TEXT
    for text in texts:
        text = str(text or "")[:left]
        left -= len(text)
        found += [address.lower() for address in ADDRESS.findall(text)]
    return list(dict.fromkeys(found))


def get_mailboxes(address: str) -> tuple[str, ...]:
    """Under which addresses the owner of one may be known, the likeliest first.

    Most servers deliver ``ivan+printer@x`` to ``ivan@x`` (RFC 5233).
    """
    local, at, domain = (address or "").lower().rpartition("@")
    base = local.partition("+")[0]
    if not (at and local and domain):
        return ()
    full = f"{local}@{domain}"
    return (full, f"{base}@{domain}") if base and base != local else (full,)


def is_same_mailbox(one: str, other: str) -> bool:
    """Whether two addresses lead to one mailbox."""
    boxes = get_mailboxes(one)[-1:]
    return bool(boxes) and boxes == get_mailboxes(other)[-1:]


def get_domain(address: str, free: Iterable[str] = ()) -> str:
    """The domain that tells the firm of an address; empty where everybody has one."""
    domain = (address or "").lower().rpartition("@")[2].strip(".")
    is_free = not domain or domain in FREE_DOMAINS or domain in free
    return "" if is_free or "@" not in (address or "") else domain


# ----------------------------------------------------------------------------
# Sender
# ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact that has the address of a sender.

    :param id: of the contact
    :param firm_id: id of its firm, or its own
    :param is_ours: a colleague
    :param is_exact: it has this address, not only that without the tag
    :param company_id: the one company of ours that it is for, or None
    """

    id: int
    firm_id: int
    is_ours: bool = False
    is_exact: bool = True
    company_id: int | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail says that it is from.

    :param address: in small letters, empty where there is none
    :param doubt: what speaks against him, for people; empty where nothing does
    :param contacts: those that have the address, the likeliest first
    """

    address: str = ""
    doubt: str = ""
    contacts: tuple[Contact, ...] = ()

    def get_contact(
        self, firm_id: int | None = None, company_id: int | None = None
    ) -> Contact | None:
        """The contact that he is; None where nobody can tell.

        :param firm_id: the firm of the ticket that he writes to
        :param company_id: our company that he writes to
        """
        if self.doubt:
            return None
        return choose_contact(self.contacts, firm_id, company_id)


@dataclass(frozen=True, slots=True)
class Trust:
    """What is made of a sender, in view of what he writes to.

    :param kind: ``ours``, ``client``, ``supplier`` or ``unknown``
    :param contact_id: id of the contact, or None
    :param doubt: what speaks against him
    """

    kind: str = UNKNOWN
    contact_id: int | None = None
    doubt: str = ""


def choose_contact(
    contacts: Iterable[Contact],
    firm_id: int | None = None,
    company_id: int | None = None,
) -> Contact | None:
    """Of several contacts with one address the right one, or None: nobody is guessed.

    A colleague goes before all, then the firm that the mail is about. Several contacts
    of one firm are one person entered twice; of several firms none is chosen.
    """
    found = [
        it
        for it in contacts
        if not (company_id and it.company_id) or it.company_id == company_id
    ]
    found = [it for it in found if it.is_exact] or found
    for it in found:
        if it.is_ours:
            return it
    if firm_id:
        for it in found:
            if it.firm_id == firm_id:
                return it
    return found[0] if len({it.firm_id for it in found}) == 1 else None


def find_doubt(froms: Iterable[str]) -> str:
    """What is wrong with the From of a mail by itself: more than one sender.

    Which of them a server has proven nobody knows (RFC 7489 section 6.6.1).

    :param froms: the values of all From headers
    :return: for people; empty where there is one sender or none
    """
    texts = [str(text)[:MAX_TEXT] for text in froms]
    try:
        pairs = getaddresses(texts, strict=False)
    except TypeError:  # a Python that knows no other way
        pairs = getaddresses(texts)
    boxes = {address.lower() for _name, address in pairs if "@" in address}
    return f"From: {', '.join(sorted(boxes)[:3])}" if len(boxes) > 1 else ""


# ----------------------------------------------------------------------------
# Part in a conversation
# ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Circle:
    """Who belongs to a ticket, as far as its head tells.

    :param addresses: of who asked, of his copies and of his firm
    :param firm_id: the client, or None
    """

    addresses: tuple[str, ...] = ()
    firm_id: int | None = None


def is_in_circle(sender: Sender, circle: Circle, free: Iterable[str] = ()) -> bool:
    """Whether a sender belongs to a ticket by its head alone.

    :param free: further domains where everybody has an address
    """
    if sender.doubt:
        return False
    contact = sender.get_contact(circle.firm_id)
    if contact and (contact.is_ours or contact.firm_id == circle.firm_id):
        return True
    if any(is_same_mailbox(sender.address, it) for it in circle.addresses):
        return True
    domain = get_domain(sender.address, free)
    return bool(domain) and domain in {get_domain(it, free) for it in circle.addresses}


def is_named(address: str, *texts: str) -> bool:
    """Whether a sender stands in these headers."""
    return any(is_same_mailbox(address, it) for it in find_addresses(*texts))


def route(
    asked: Iterable[int], takes_part: Callable[[int], bool], decision: str = ""
) -> tuple[str, int | None]:
    """Where a mail goes.

    :param asked: ids of the tickets that it refers to: by reference, then by number
    :param takes_part: tells of a ticket whether the sender does
    :param decision: what a person has decided about this mail
    :return: (what becomes of it, id of the ticket or None)
    """
    asked = list(dict.fromkeys(asked))[:MAX_ASKED]
    if not asked or decision == NEW:
        return NEW, None
    if decision == APPEND:
        return APPEND, asked[0]
    for ticket_id in asked:
        if takes_part(ticket_id):
            return APPEND, ticket_id
    return JOIN, asked[0]


def is_for_staff(trust: Trust, by_number: bool, client: Iterable[str], *texts) -> bool:
    """Whether a colleague's mail is a note, not an answer.

    One that carries a number and no reference may be forwarded inside the house: it
    goes to the client only where it stands addressed to him.

    :param by_number: nothing but the number in the subject leads to the ticket
    :param client: the addresses of the client
    :param texts: To and Cc
    """
    if trust.kind != OURS or not by_number:
        return False
    found = find_addresses(*texts)
    return not any(is_same_mailbox(one, it) for one in client for it in found)
