"""Lists, search and counters at ten thousand, a hundred thousand, a million tickets.

The peer is crm.lead: as many leads, as many of them open, the same subjects, the
columns of each model's own list, a user with the record rules of his trade on both
sides. There is a database for each count, and their turns alternate, so that the growth
is a ratio of one run too. What grows is history: as many are open in each.
"""

import argparse
import gc
import re
import statistics
import sys
from contextlib import ExitStack

from odoo.tools import SQL

from .database import configure, open_copy, open_environment
from .rows import multiply
from .statements import measured

STEPS = (10_000, 100_000, 1_000_000)
OPEN = 400
PER_CLIENT = 50
PARTNERS = 80
LIMIT = 80

MOST_RATIO = 1.2
MOST_GROWTH = 1.3
# A text index has more to look through the more texts there are, the peer's too.
GROWING = ("search by subject",)

SUBJECT = """(ARRAY['Press stands still', 'Belt squeaks', 'Lamp is dark',
    'Oil below the gear', 'Display shows E17'])[i % 5 + 1] || ' ' || i"""


class Desk:
    """The cast, and the rows that are there so far."""

    def __init__(self, env):
        self.count = 0
        team = env["ntr.team"].create({"name": "Bench desk"})
        self.dispatcher = self._make_user(env, "helpdesk_ntr.group_dispatcher")
        env["ntr.support.line"].create(
            {"name": "First", "team_id": team.id, "member_ids": self.dispatcher.ids}
        )
        self.seller = self._make_user(env, "sales_team.group_sale_salesman_all_leads")
        client = env["res.partner"].create({"name": "Bench client", "is_company": True})
        self.client = client.id
        self.ticket = env["ntr.ticket"].create(
            {"name": "Bench", "team_id": team.id, "partner_id": client.id}
        )
        self.lead = env["crm.lead"].create(
            {"name": "Bench", "type": "opportunity", "partner_id": client.id}
        )
        self.stages = {
            state: team._get_stage_id(state)
            for state in ("new", "open", "waiting", "solved", "closed")
        }
        env["ntr.notice"].search([]).unlink()
        env.flush_all()
        env.cr.commit()
        self.ticket, self.lead = self.ticket.id, self.lead.id

    def _make_user(self, env, group):
        return env["res.users"].create(
            {
                "name": group,
                "login": f"bench_{group}",
                "group_ids": [(6, 0, [env.ref(group).id])],
                "ntr_scope": "team",
            }
        )

    def fill(self, env, count):
        """Make so many tickets, as many leads, and their clients."""
        self.count = count
        clients = count // PER_CLIENT
        client = multiply(
            *(env.cr, "res_partner", self.client, 1, clients),
            name="'Firm ' || i",
            complete_name="'Firm ' || i",
        )
        env.cr.execute(
            "UPDATE res_partner SET commercial_partner_id = id WHERE id >= %s",
            [client],
        )
        owner = f"{client} + (i % {clients})"
        self._add_tickets(env, owner)
        self._add_leads(env, owner)
        env.cr.commit()
        env.cr.execute("ANALYZE")
        env.cr.commit()
        self.partner_ids = list(range(client, client + PARTNERS))

    def _is_open(self):
        """SQL: the newest, every third of them."""
        return f"i > {self.count} - {3 * OPEN} AND i % 3 = 0"

    def _add_tickets(self, env, owner):
        state = (
            f"(CASE WHEN {self._is_open()} THEN"
            " (ARRAY['new', 'open', 'open', 'waiting'])[i % 4 + 1]"
            " WHEN i % 100 = 0 THEN 'solved' ELSE 'closed' END)"
        )
        stages = " ".join(
            f"WHEN '{name}' THEN {id_}" for name, id_ in self.stages.items()
        )
        ticket = multiply(
            *(env.cr, "ntr_ticket", self.ticket, 1, self.count),
            number="'HD-2001-' || lpad(i::text, 7, '0')",
            name=SUBJECT,
            partner_id=owner,
            commercial_partner_id=owner,
            email_from="'person' || i || '@many.example'",
            state=state,
            stage_id=f"CASE {state} {stages} END",
            priority="(CASE WHEN i % 40 = 0 THEN 3 WHEN i % 10 = 0 THEN 2 ELSE 0 END)"
            "::text",
        )
        env.cr.execute(
            SQL(
                "INSERT INTO ntr_ticket_event (ticket_id, type, at)"
                " SELECT id, 'created', create_date FROM ntr_ticket WHERE id >= %s",
                ticket,
            )
        )

    def _add_leads(self, env, owner):
        multiply(
            *(env.cr, "crm_lead", self.lead, 1, self.count),
            name=SUBJECT,
            partner_id=owner,
            email_from="'person' || i || '@many.example'",
            won_status=f"CASE WHEN {self._is_open()} THEN 'pending' ELSE 'won' END",
            priority="(CASE WHEN i % 40 = 0 THEN 3 WHEN i % 10 = 0 THEN 2 ELSE 0 END)"
            "::text",
        )

    # ------------------------------------------------------------
    # What is measured
    # ------------------------------------------------------------

    def tasks(self, env):
        """{task: (ours, peer or None)}; each is a function without arguments."""
        tickets = env["ntr.ticket"].with_user(self.dispatcher)
        leads = env["crm.lead"].with_user(self.seller)
        ours = get_columns(tickets, "helpdesk_ntr.ntr_ticket_view_list")
        peer = get_columns(leads, "crm.crm_case_tree_view_oppor")
        open_tickets = [("state", "in", ("new", "open", "waiting"))]
        open_leads = [("type", "=", "opportunity"), ("won_status", "=", "pending")]
        words = f"E17 {self.count // 2 - 1}"
        number = f"HD-2001-{self.count // 2:07d}"
        partners = (
            env["res.partner"].with_user(self.dispatcher).browse(self.partner_ids)
        )
        order = "priority desc, id desc"
        return {
            "list of open ones": (
                lambda: read_list(tickets, open_tickets, ours, order),
                lambda: read_list(leads, open_leads, peer, order),
            ),
            "search by subject": (
                lambda: read_list(tickets, [("name", "ilike", words)], ours),
                lambda: read_list(leads, [("name", "ilike", words)], peer),
            ),
            "open by number": (
                lambda: expect(tickets.search([("number", "=", number)]), 1),
                None,
            ),
            f"counters of {PARTNERS} partners": (
                lambda: expect(
                    [it for it in partners.mapped("ntr_ticket_count") if it], PARTNERS
                ),
                None,
            ),
        }


def get_columns(model, view):
    """The columns that a list shows, as the web client asks for them."""
    arch = model.get_view(model.env.ref(view).id, "list")["arch"]
    names = re.findall(r'<field name="(\w+)"(?![^>]*optional="hide")', arch)
    return {
        name: {"fields": {"display_name": {}}} if model._fields[name].relational else {}
        for name in dict.fromkeys(names)
        if name in model._fields and not model._fields[name].type == "properties"
    }


def read_list(model, domain, columns, order=None):
    """What the web client asks for when a list opens."""
    return model.web_search_read(
        domain, columns, limit=LIMIT, order=order, count_limit=10001
    )


def expect(found, count):
    if len(found) != count:
        raise AssertionError(f"{count} expected, found {len(found)}")


class Side:
    """One side of a task in one database, and what it cost so far."""

    def __init__(self, env, call):
        self.env = env
        self.call = call
        self.works = []

    def run(self):
        self.env.invalidate_all()
        with measured() as work:
            self.call()
        self.works.append(work)

    @property
    def seconds(self):
        # the first filled the caches
        return statistics.median(work.seconds for work in self.works[1:])

    @property
    def statements(self):
        return self.works[-1].statements


def measure(envs, desks, rounds):
    """{(task, count): (our side, the peer's or None)}, all measured in turns."""
    sides = {
        (task, count): [Side(envs[count], call) if call else None for call in calls]
        for count, desk in desks.items()
        for task, calls in desk.tasks(envs[count]).items()
    }
    for number in range(rounds + 1):
        for pair in sides.values():
            for side in pair if number % 2 else reversed(pair):
                if side:
                    side.run()
        gc.collect()
    return sides


def explain_scans(env, desk):
    """Names of the tables that opening by number or the counters scan.

    Of few rows a scan is what PostgreSQL should choose, so that is no finding.
    """
    if desk.count < STEPS[1]:
        return set()
    found = set()
    for query in (
        SQL("SELECT id FROM ntr_ticket WHERE number = %s", "HD-2001-0000001"),
        SQL(
            "SELECT commercial_partner_id, count(*) FROM ntr_ticket"
            " WHERE commercial_partner_id IN %s AND active GROUP BY 1",
            tuple(desk.partner_ids),
        ),
    ):
        env.cr.execute(SQL("EXPLAIN %s", query))
        plan = "\n".join(row[0] for row in env.cr.fetchall())
        found |= set(re.findall(r"Seq Scan on (\w+)", plan))
    return found & {"ntr_ticket"}


def report(figures, scans):
    """Print the figures; return whether the aims are met."""
    met = not any(scans.values())
    print(f"{'':30}{'tickets':>10}{'ours ms':>10}{'peer ms':>10}{'ratio':>8}", end="")
    print(f"{'growth':>8}{'SQL':>5}{'peer':>6}")
    first = min(scans)
    for task, count in sorted(figures):
        ours, peer = figures[task, count]
        ratio = ours.seconds / peer.seconds if peer else None
        growth = ours.seconds / figures[task, first][0].seconds
        met &= not ratio or ratio <= MOST_RATIO
        met &= task in GROWING or growth <= MOST_GROWTH
        print(
            f"{task:30}{count:>10,}{ours.seconds * 1000:>10.1f}"
            f"{f'{peer.seconds * 1000:.1f}' if peer else '':>10}"
            f"{f'{ratio:.2f}' if ratio else '':>8}{growth:>8.2f}"
            f"{ours.statements:>5}{peer.statements if peer else '':>6}"
        )
    for count, tables in scans.items():
        print(f"scans at {count:,}: {', '.join(sorted(tables)) or 'none'}")
    print(
        f"aims (ratio {MOST_RATIO}, growth {MOST_GROWTH}): {'met' if met else 'missed'}"
    )
    return met


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./helpdesk bench many_tickets")
    parser.add_argument("--rounds", type=int, default=15, help="default: 15")
    parser.add_argument(
        "--most", type=int, default=STEPS[-1], help="the largest count of tickets"
    )
    parser.add_argument(
        "--check", action="store_true", help="fail when an aim is missed"
    )
    return parser.parse_args(arguments)


def main(arguments):
    """Measure and print; return the exit code."""
    options = parse(arguments)
    configure()
    counts = [step for step in STEPS if step <= options.most] or [options.most]
    with ExitStack() as stack:
        envs, desks = {}, {}
        for count in counts:
            registry = stack.enter_context(open_copy())
            envs[count] = stack.enter_context(open_environment(registry))
            desks[count] = Desk(envs[count])
            desks[count].fill(envs[count], count)
            registry.clear_cache()
        figures = measure(envs, desks, options.rounds)
        scans = {count: explain_scans(envs[count], desks[count]) for count in counts}
    met = report(figures, scans)
    return 0 if met or not options.check else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
