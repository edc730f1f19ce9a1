"""Mail intake among few tickets and among many.

Two databases, one with the demonstration's tickets, one with a hundred thousand more
and as many mails. The same mail goes into both, one directly after the other, the order
changing with each; the growth is a ratio of one run.
"""

import argparse
import gc
import sys
from statistics import fmean, median

from .database import configure, open_copy, open_environment
from .mail_intake import OURS, prepare, take_in, without_delivery
from .mails import KINDS, make_mails
from .rows import multiply

MOST_GROWTH = 1.15


def fill(env, address, count):
    """Make so many tickets of one that came by mail, with its mail and ledger."""
    (mail,) = make_mails(1, "pattern")
    take_in(env, mail, address, "pattern")
    ticket = env["ntr.ticket"].search([], order="id desc", limit=1)
    message = ticket.message_ids.filtered(lambda it: it.message_type == "email")
    first = multiply(
        *(env.cr, "ntr_ticket", ticket.id, 1, count),
        number="'HD-2001-' || lpad(i::text, 7, '0')",
        email_from="'person' || i || '@many.example'",
        create_date="now() AT TIME ZONE 'UTC' - i * interval '1 minute'",
    )
    for table, row in (
        ("mail_message", message),
        ("ntr_mail_journal", env["ntr.mail.journal"].search([], limit=1)),
        *(("ntr_ticket_event", event) for event in ticket.event_ids),
    ):
        values = {"ticket_id": f"{first} + i - 1"}
        if table == "mail_message":
            values = {"res_id": f"{first} + i - 1"}
        if table != "ntr_ticket_event":
            values["message_id"] = "'many' || i || '@many.example'"
        if table == "ntr_mail_journal":
            values |= {"sha256": "md5(i::text)", "raw": "NULL"}
        multiply(*(env.cr, table, row.id, 1, count), **values)
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()


def measure(small, large, mails):
    """Take every mail in on both sides; return [(work among few, work among many)]."""
    sides = {"few": small, "many": large}
    pairs = []
    gc.disable()
    for index, mail in enumerate(mails):
        gc.collect(1)
        work = {}
        for name in sides if index % 2 else reversed(sides):
            env, address = sides[name]
            work[name] = take_in(env, mail, address, f"{OURS}.{name}")
        pairs.append((work["few"], work["many"]))
    gc.enable()
    return pairs


def report(title, pairs, names, most):
    """Print what pairs of work cost; return whether the aim is met."""
    ratio = median(second.seconds / first.seconds for first, second in pairs)
    print(f"{title}, {len(pairs)} mails")
    for name, works in zip(names, zip(*pairs, strict=True), strict=True):
        statements = fmean(work.statements for work in works)
        seconds = 1000 * median(work.seconds for work in works)
        print(f"  {name:24}{statements:8.1f} statements{seconds:10.1f} ms")
    met = ratio <= most
    print(f"  ratio {ratio:.3f}, at most {most:.2f}: {'met' if met else 'MISSED'}\n")
    return met


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./helpdesk bench mail_growth")
    parser.add_argument("--mails", type=int, default=108, help="default: 108")
    parser.add_argument("--tickets", type=int, default=100_000, help="default: 100000")
    parser.add_argument(
        "--check", action="store_true", help="fail when an aim is missed"
    )
    return parser.parse_args(arguments)


def main(arguments):
    """Measure and print; return the exit code."""
    options = parse(arguments)
    configure()
    with open_copy() as one, open_copy() as other:
        with without_delivery(one), without_delivery(other):
            with open_environment(one) as few, open_environment(other) as many:
                cast = make_mails(options.mails, "warm")
                small, large = ((env, prepare(env, cast)[OURS]) for env in (few, many))
                few.cr.commit()
                many.cr.commit()
                fill(many, large[1], options.tickets)
                measure(small, large, cast[: len(KINDS)])
                gc.freeze()
                growth = measure(small, large, make_mails(options.mails, "growth"))
    names = ("few tickets", f"{options.tickets:,} more")
    met = report("Growth of mail intake", growth, names, MOST_GROWTH)
    return 0 if met or not options.check else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
