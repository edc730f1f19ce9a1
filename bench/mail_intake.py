"""Mail intake: a ticket of ours by mail against a crm.lead by mail.

The same mails go, one by one and in turn, to the alias of a help desk team and to that
of a sales team of the same database, through the gateway as the fetching action uses
it: one transaction per mail. Both teams are fresh and nobody follows them.
"""

import argparse
import gc
import sys
from collections import Counter, defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher
from statistics import fmean, median
from unittest.mock import patch

from .database import configure, open_copy, open_environment
from .mails import KINDS, SENDERS, get_address, make_mails, render
from .statements import Work, measured, recorded

TIME_AIM = 1.15
STATEMENTS_AIM = 14
AUTOMATIC_AIM = 0.35
# Odoo takes a contact who writes oftener within two hours for a loop.
MOST_ROUNDS = 15
OURS, FLOOR = "ntr.ticket", "crm.lead"
SIDES = (OURS, FLOOR)


@dataclass(frozen=True)
class Pair:
    """One mail taken in by both sides."""

    mail: object
    ours: object
    floor: object

    @property
    def time_ratio(self):
        return self.ours.seconds / self.floor.seconds

    @property
    def extra_statements(self):
        return self.ours.statements - self.floor.statements


@dataclass(frozen=True)
class Round:
    """All mails once."""

    pairs: list

    @property
    def median_ratio(self):
        return median(pair.time_ratio for pair in self.pairs)

    @property
    def total_ratio(self):
        ours = sum(pair.ours.seconds for pair in self.pairs)
        return ours / sum(pair.floor.seconds for pair in self.pairs)


# ----------------------------------------------------------------
# The cast
# ----------------------------------------------------------------


def prepare(env, mails):
    """Make both teams and the contacts who write; return {model: address}."""
    domain = env.company.alias_domain_id or env["mail.alias.domain"].create(
        {"name": "bench.example"}
    )
    env.company.alias_domain_id = domain
    values = {"company_id": env.company.id, "alias_domain_id": domain.id}
    support = env["ntr.team"].create(
        {"name": "Bench support", "alias_name": "bench-support", **values}
    )
    env["ntr.support.line"].create(
        {
            "name": "First line",
            "team_id": support.id,
            "member_ids": env.ref("base.user_admin").ids,
        }
    )
    sales = env["crm.team"].create(
        {"name": "Bench sales", "alias_name": "bench-sales", **values}
    )
    # a client of the measurement asks oftener than any person does
    env["ir.config_parameter"].set_param("helpdesk_ntr.acknowledge_limit", 10**6)
    for team in (support, sales):
        team.message_unsubscribe(team.message_partner_ids.ids)
    _make_contacts(env, mails)
    return {
        "ntr.ticket": support.alias_id.alias_full_name,
        "crm.lead": sales.alias_id.alias_full_name,
    }


def _make_contacts(env, mails):
    langs = {"en": "en_US", "ru": "ru_RU"}
    for code in langs.values():
        env["res.lang"]._activate_lang(code)
    known = [mail for mail in mails if mail.sender != SENDERS[0]]
    company = env["res.partner"].create({"name": "Company", "is_company": True})
    env["res.partner"].create(
        [
            {
                "name": f"Client {mail.number}",
                "email": get_address(mail),
                "lang": langs[mail.lang],
                "parent_id": company.id if mail.sender == SENDERS[2] else False,
            }
            for mail in known
        ]
    )


@contextmanager
def without_delivery(registry):
    """Let letters be made in full and handed to nobody."""
    server = registry["ir.mail_server"]
    with ExitStack() as stack:
        stack.enter_context(patch.object(server, "_connect__", return_value=None))
        stack.enter_context(
            patch.object(
                server,
                "send_email",
                lambda self, message, *args, **kwargs: message["Message-Id"],
            )
        )
        yield


# ----------------------------------------------------------------
# Measuring
# ----------------------------------------------------------------


def take_in(env, mail, address, tag):
    """Let the gateway process one mail in a transaction of its own."""
    content = render(mail, address, tag)
    # what fetching mail tells the gateway
    gateway = env["mail.thread"].with_context(fetchmail_cron_running=True)
    with measured() as work:
        record_id = gateway.message_process(None, content)
        env.cr.commit()
    if not record_id:
        raise AssertionError(f"{mail} was not taken in by {address}")
    return work


def run_round(env, addresses, mails):
    """Take every mail in on both sides, the order changing with each mail."""
    before = _count_records(env)
    pairs = []
    gc.disable()
    for index, mail in enumerate(mails):
        gc.collect(1)
        work = {}
        for model in SIDES if index % 2 else reversed(SIDES):
            work[model] = take_in(env, mail, addresses[model], model)
        pairs.append(Pair(mail, work[OURS], work[FLOOR]))
    gc.enable()
    _check(_count_records(env) - before, len(mails))
    return Round(pairs)


def run_automatic(env, address, mails):
    """Take the same mails in as programs send them; return the ratio of the times.

    Each directly after the mail of a person that it is compared with.
    """
    journals = env["ntr.mail.journal"]
    before = journals.search_count([("state", "=", "automatic")])
    gateway = env["mail.thread"].with_context(fetchmail_cron_running=True)
    ratios = []
    for mail in mails:
        person = take_in(env, mail, address, "person")
        content = b"Auto-Submitted: auto-generated\r\n" + render(mail, address, "alert")
        with measured() as program:
            gateway.message_process(None, content)
            env.cr.commit()
        ratios.append(program.seconds / person.seconds)
    made = journals.search_count([("state", "=", "automatic")]) - before
    if made != len(mails):
        raise AssertionError(f"{made} of {len(mails)} mails were taken for automatic")
    return median(ratios)


def _count_records(env):
    """Count what intake must write, per kind of record."""
    events = dict(env["ntr.ticket.event"]._read_group([], ["type"], ["__count"]))
    return Counter(
        {
            "crm.lead": env["crm.lead"].search_count([]),
            "ntr.ticket": env["ntr.ticket"].search_count([]),
            "event created": events.get("created", 0),
            "event client_message": events.get("client_message", 0),
            "notice": _count_due(env),
        }
    )


def _check(written, count):
    wanted = Counter(
        {
            "crm.lead": count,
            "ntr.ticket": count,
            "event created": count,
            "event client_message": count,
            "notice": count,
        }
    )
    if written != wanted:
        raise AssertionError(f"intake wrote {dict(written)}, not {dict(wanted)}")


def acknowledge(env):
    """Run the scheduled action until nothing is due; return the Work of one letter."""
    due = _count_due(env)
    total = Work()
    while left := _count_due(env):
        env.cr.commit()
        with measured() as work:
            env.ref("helpdesk_ntr.ir_cron_send_notices").method_direct_trigger()
            env.cr.commit()
        total.seconds += work.seconds
        total.statements += work.statements
        if _count_due(env) >= left:
            raise AssertionError("the scheduled action sent no letter")
    if env["ntr.notice"].search_count([("failure", "!=", False)]):
        raise AssertionError("an acknowledgement failed")
    return Work(total.seconds / due, total.statements / due)


def _count_due(env):
    return env["ntr.notice"].search_count(env["ntr.notice"]._get_due_domain())


# ----------------------------------------------------------------
# Report
# ----------------------------------------------------------------


def report(rounds, letter, automatic):
    """Print the figures; return whether all aims are met."""
    pairs = [pair for each in rounds for pair in each.pairs]
    print(
        f"Mail intake: {len(rounds[0].pairs)} mails, {len(rounds)} rounds, "
        "one by one in turn with crm.lead by alias\n"
    )
    _report_statements(pairs)
    _report_times(pairs)
    medians = [each.median_ratio for each in rounds]
    totals = [each.total_ratio for each in rounds]
    print("\ntime, ntr.ticket / crm.lead")
    _report_ratio("median of the mails' ratios", medians)
    _report_ratio("total / total", totals)
    print(
        "\nacknowledgement, by its scheduled action afterwards: "
        f"{letter.statements:.1f} statements, {1000 * letter.seconds:.1f} ms each"
    )
    print(f"automatic mail / mail of a person, time: {automatic:.3f}")
    more = fmean(pair.extra_statements for pair in pairs)
    return _report_aims(median(medians), more, automatic)


def _report_statements(pairs):
    by_kind = defaultdict(list)
    for pair in pairs:
        by_kind[pair.mail.sender, pair.mail.content].append(pair)
    print(f"{'SQL statements per mail':40}{OURS:>12}{FLOOR:>12}{'more':>8}")
    for kind in sorted(by_kind):
        _report_statements_of(", ".join(kind), by_kind[kind])
    _report_statements_of("all", pairs)


def _report_statements_of(title, pairs):
    ours = fmean(pair.ours.statements for pair in pairs)
    floor = fmean(pair.floor.statements for pair in pairs)
    print(f"  {title:38}{ours:12.1f}{floor:12.1f}{ours - floor:+8.1f}")


def _report_times(pairs):
    ours = 1000 * median(pair.ours.seconds for pair in pairs)
    floor = 1000 * median(pair.floor.seconds for pair in pairs)
    title = "ms per mail, median"
    print(f"{title:40}{ours:12.1f}{floor:12.1f}{ours - floor:+8.1f}")


def _report_ratio(title, ratios):
    span = f"({min(ratios):.3f} to {max(ratios):.3f} in {len(ratios)} rounds)"
    print(f"  {title:38}{median(ratios):12.3f}  {span}")


def _report_aims(ratio, statements, automatic):
    met = {
        f"automatic mail at most {AUTOMATIC_AIM:.2f}": automatic <= AUTOMATIC_AIM,
        f"time at most {TIME_AIM:.2f}": ratio <= TIME_AIM,
        f"statements at most {STATEMENTS_AIM} more": statements <= STATEMENTS_AIM,
    }
    print("\naims: " + ", ".join(f"{a}: {'met' if met[a] else 'MISSED'}" for a in met))
    return all(met.values())


# ----------------------------------------------------------------
# The statements themselves
# ----------------------------------------------------------------


def show_statements(env, addresses, mails, width):
    """Print the statements of one mail of each kind, side against side."""
    for mail in mails:
        lists = {}
        for model in SIDES:
            with recorded() as lists[model]:
                work = take_in(env, mail, addresses[model], model)
            if len(lists[model]) != work.statements:
                raise AssertionError("some statements were not recorded")
        print(f"\n== {mail.sender}, {mail.content}, {mail.lang}: ", end="")
        print(f"{len(lists[OURS])} of {OURS}, {len(lists[FLOOR])} of {FLOOR}")
        _print_difference(lists[FLOOR], lists[OURS], width)


def _print_difference(floor, ours, width):
    matcher = SequenceMatcher(
        a=[_neutral(statement) for statement in floor],
        b=[_neutral(statement) for statement in ours],
        autojunk=False,
    )
    for tag, a_start, a_end, b_start, b_end in matcher.get_opcodes():
        if tag == "equal":
            _print_statements("  ", ours[b_start:b_end], width)
        else:
            _print_statements("- ", floor[a_start:a_end], width)
            _print_statements("+ ", ours[b_start:b_end], width)


def _neutral(statement):
    return statement.shape.replace("ntr_ticket", "RECORD").replace("crm_lead", "RECORD")


def _print_statements(sign, statements, width):
    for statement in statements:
        print(f"{sign}{statement.shape:34} {statement.caller}")
        if width and sign != "  ":
            print(f"      {statement.text[:width]}")


# ----------------------------------------------------------------
# Command line
# ----------------------------------------------------------------


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./helpdesk bench mail_intake")
    parser.add_argument("--mails", type=int, default=200, help="default: 200")
    parser.add_argument("--rounds", type=int, default=3, help="default: 3")
    parser.add_argument(
        "--statements",
        action="store_true",
        help="show the statements of one mail of each kind: + ours, - the floor's",
    )
    parser.add_argument(
        "--width", type=int, default=160, help="letters shown of each; 0: none"
    )
    parser.add_argument(
        "--check", action="store_true", help="fail when an aim is missed"
    )
    options = parser.parse_args(arguments)
    if not 1 <= options.rounds <= MOST_ROUNDS:
        parser.error(f"from 1 to {MOST_ROUNDS} rounds")
    return options


def main(arguments):
    """Measure and print; return the exit code."""
    options = parse(arguments)
    configure()
    with open_copy() as registry, without_delivery(registry):
        with open_environment(registry) as env:
            addresses = warm_up(env, options.mails)
            if options.statements:
                kinds = make_mails(len(KINDS), "shown")
                show_statements(env, addresses, kinds, options.width)
                return 0
            rounds = []
            for number in range(options.rounds):
                # The letters of one round are enough to measure.
                env["ntr.notice"].search([]).unlink()
                mails = make_mails(options.mails, f"round{number}")
                rounds.append(run_round(env, addresses, mails))
            letter = acknowledge(env)
            mails = make_mails(options.mails, "automatic")
            automatic = run_automatic(env, addresses[OURS], mails)
    met = report(rounds, letter, automatic)
    return 0 if met or not options.check else 1


def warm_up(env, count):
    """Make the cast and let every kind of mail through; return {model: address}."""
    mails = make_mails(max(count, len(KINDS)), "warm")
    addresses = prepare(env, mails)
    env.cr.commit()
    run_round(env, addresses, mails[: len(KINDS)])
    acknowledge(env)
    gc.freeze()
    return addresses


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
