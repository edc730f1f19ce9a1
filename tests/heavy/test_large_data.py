"""A hundred thousand tickets: what people do works, and costs no more statements.

Two copies of the template, one small and one large, made alike. What the server itself
writes into its log is compared, and PostgreSQL is asked how it finds the rows.
"""

import json
import re
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from support import scene
from support.api import Api
from support.fixtures import OPTIONS
from support.waiting import wait_for

from cli import dbadmin

pytestmark = pytest.mark.heavy

SMALL, LARGE = 1_000, 100_000
PER_CLIENT = 20  # tickets of a firm, on the average

# One ticket and its client, which the statements below multiply.
PATTERN = """
# The others' transactions see the team complete, and so does the rest of this one.
env.invalidate_all()
env.registry.clear_cache()
ivan = env["res.partner"].create({
    "name": "Pattern", "email": "pattern@many.example",
    "parent_id": env["res.partner"].create({"name": "Many", "is_company": True}).id,
})
team = env["ntr.team"].browse(made["team_id"])
dispatcher = env["res.users"].browse(made["users"]["dispatcher"])
ticket = env(user=dispatcher)["ntr.ticket"].create(
    {"name": "Pattern", "partner_id": ivan.id, "team_id": team.id}
)
ticket.message_post(body="It stands still.", message_type="comment")
env["ntr.notice"].search([]).unlink()
made["pattern"] = {
    "ticket": ticket.id,
    "firm": ivan.parent_id.id,
    "contact": ivan.id,
    "event": ticket.event_ids.sorted("id")[0].id,
    "message": ticket.message_ids.sorted("id")[-1].id,
    "emma": made["partners"]["emma"],
    "emma_firm": env["res.partner"].browse(made["partners"]["emma"]).parent_id.id,
    "executors": [made["users"]["engineer"], made["users"]["dispatcher"]],
    "stages": {
        state: team._get_stage_id(state)
        for state in ("new", "open", "waiting", "solved", "closed")
    },
}
"""

# Of a hundred tickets: one is new, two are in work, one waits, two are solved.
STATE = """(CASE WHEN {i} % 100 = 0 THEN 'new' WHEN {i} % 100 < 3 THEN 'open'
    WHEN {i} % 100 = 3 THEN 'waiting' WHEN {i} % 100 < 6 THEN 'solved'
    ELSE 'closed' END)"""


class Copy:
    """A copy of the template with many tickets, and a server on it."""

    def __init__(self, endpoint, database, cast, count):
        self.endpoint = endpoint
        self.database = database
        self.cast = cast
        self.count = count
        self.running = None

    def query(self, statement, *values):
        with (
            closing(dbadmin.connect(self.endpoint, self.database)) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def multiply(self, table, row_id, count, **values):
        """Copy a row; values are SQL that may use the number ``i`` of the copy.

        :return: the id of the first copy; the others follow it
        """
        columns = [
            name
            for (name,) in self.query(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND table_name = %s"
                " AND column_name != 'id' AND is_generated = 'NEVER'",
                table,
            )
        ]
        assert set(values) <= set(columns), set(values) - set(columns)
        names = ", ".join(f'"{name}"' for name in columns)
        sources = ", ".join(values.get(name, f'row."{name}"') for name in columns)
        self.query(
            f"INSERT INTO {table} ({names}) SELECT {sources} FROM {table} row,"
            f" generate_series(1, {count}) i WHERE row.id = {row_id} ORDER BY i"
        )
        return self.query(f"SELECT max(id) - {count} + 1 FROM {table}")[0][0]

    def fill(self):
        """Clients, tickets, their ledger and what was said in them."""
        pattern, clients = SimpleNamespace(**self.cast["pattern"]), self.count // 20
        firm = self.multiply(
            *("res_partner", pattern.firm, clients),
            name="'Firm ' || i",
            complete_name="'Firm ' || i",
            commercial_company_name="'Firm ' || i",
        )
        self.query(
            "UPDATE res_partner SET commercial_partner_id = id WHERE id >= %s", firm
        )
        contact = self.multiply(
            *("res_partner", pattern.contact, clients),
            name="'Person ' || i",
            complete_name="'Firm ' || i || ', Person ' || i",
            email="'person' || i || '@many.example'",
            email_normalized="'person' || i || '@many.example'",
            parent_id=f"{firm} + i - 1",
            commercial_partner_id=f"{firm} + i - 1",
        )
        self.first = self._fill_tickets(pattern, clients, firm, contact)
        self._fill_events(pattern)
        self.multiply(
            *("mail_message", pattern.message, self.count),
            res_id=f"{self.first} + i - 1",
            message_id="'<many.' || i || '@many.example>'",
        )
        self.query("ANALYZE")

    def _fill_tickets(self, pattern, clients, firm, contact):
        state = STATE.format(i="i")
        stage = " ".join(
            f"WHEN '{name}' THEN {stage_id}"
            for name, stage_id in pattern.stages.items()
        )
        engineer, dispatcher = pattern.executors
        # Emma has the same few in the small copy and in the large one.
        emma = f"i <= {PER_CLIENT}"
        created = f"now() AT TIME ZONE 'UTC' - ({self.count} - i) * interval '10 min'"
        solved = f"CASE WHEN {state} IN ('solved', 'closed') THEN {created} END"
        return self.multiply(
            *("ntr_ticket", pattern.ticket, self.count),
            number="'HD-2001-' || lpad(i::text, 6, '0')",
            name="(ARRAY['Press stands still', 'Belt squeaks', 'Lamp is dark',"
            " 'Oil below the gear', 'Display shows E17'])[i % 5 + 1] || ' ' || i",
            partner_id=f"CASE WHEN {emma} THEN {pattern.emma}"
            f" ELSE {contact} + i % {clients} END",
            commercial_partner_id=f"CASE WHEN {emma} THEN {pattern.emma_firm}"
            f" ELSE {firm} + i % {clients} END",
            email_from=f"'person' || i % {clients} || '@many.example'",
            state=state,
            stage_id=f"CASE {state} {stage} END",
            user_id=f"CASE WHEN {state} != 'new' THEN"
            f" CASE WHEN i % 3 = 0 THEN {dispatcher} ELSE {engineer} END END",
            priority="(CASE WHEN i % 40 = 0 THEN 3 WHEN i % 10 = 0 THEN 2 ELSE 0 END)"
            "::text",
            create_date=created,
            solved_at=solved,
            first_solved_at=solved,
            closed_at=f"CASE WHEN {state} = 'closed' THEN {created} END",
        )

    def _fill_events(self, pattern):
        """Registered, taken, solved and closed, as far as each ticket came."""
        for event_type, states in (
            ("created", "'new', 'open', 'waiting', 'solved', 'closed'"),
            ("taken", "'open', 'waiting', 'solved', 'closed'"),
            ("solved", "'solved', 'closed'"),
            ("closed", "'closed'"),
        ):
            self.query(
                "INSERT INTO ntr_ticket_event"
                " (ticket_id, type, at, seconds, work_seconds)"
                f" SELECT id, '{event_type}', create_date, 60, 60 FROM ntr_ticket"
                f" WHERE id >= {self.first} AND state IN ({states})"
            )

    # ------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------

    def api(self, login):
        return Api(self.running.url, self.cast["keys"][login])

    def count_statements(self, path, ask):
        """How many statements the server needed for the third of three requests."""
        for _attempt in range(2):
            ask()
        before = self._read_counts(path)
        answer = ask()
        counts = wait_for(
            f"the request {path} in the log",
            lambda: self._read_counts(path)[len(before) :],
        )
        return counts[-1], answer

    def _read_counts(self, path):
        log = self.running.log.read_text(errors="replace")
        return [
            int(found)
            for found in re.findall(
                rf'(?m)"(?:GET|POST) {re.escape(path)}[^"]*" 200 - (\d+) ', log
            )
        ]


@pytest.fixture(scope="module")
def copies(make_database, odoo_shell, start_odoo, endpoint):
    """The small and the large copy."""
    made = []
    for count in (SMALL, LARGE):
        database = make_database()
        code = (
            f"{Path(scene.__file__).read_text()}\n"
            "import json\n"
            "made = set_up(env)\n"
            f"{PATTERN}\n"
            "env.cr.commit()\n"
            "print(json.dumps(made))\n"
        )
        cast = json.loads(odoo_shell(database, code).strip().splitlines()[-1])
        copy = Copy(endpoint, database, cast, count)
        copy.fill()
        copy.running = start_odoo(database, options=OPTIONS[2:])
        made.append(copy)
    return made


@pytest.fixture(scope="module")
def large(copies):
    return copies[1]


def compare(copies, path, ask, check):
    """Ask both copies; what comes is right, and costs the large one no more."""
    costs = []
    for copy in copies:
        cost, answer = copy.count_statements(path, lambda copy=copy: ask(copy))
        check(answer)
        costs.append(cost)
    assert costs[1] <= costs[0], costs
    assert costs[0] > 0


SPECIFICATION = {
    "number": {},
    "name": {},
    "priority": {},
    "state": {},
    "commercial_partner_id": {"fields": {"display_name": {}}},
    "partner_id": {"fields": {"display_name": {}}},
    "user_id": {"fields": {"display_name": {}}},
    "stage_id": {"fields": {"display_name": {}}},
    "unanswered_since": {},
    "create_date": {},
}


def test_data_is_as_many(copies):
    for copy in copies:
        rows = copy.query(
            "SELECT count(*), count(DISTINCT number) FROM ntr_ticket WHERE id >= %s",
            copy.first,
        )
        assert rows == [(copy.count, copy.count)]


@pytest.mark.parametrize("login", ["engineer", "director"])
def test_list(copies, login):
    def ask(copy):
        return copy.api(login).call(
            *("ntr.ticket", "web_search_read"),
            domain=[("state", "in", ["new", "open", "waiting"])],
            specification=SPECIFICATION,
            limit=40,
            order="priority desc, id desc",
            count_limit=10001,
        )

    compare(
        *(copies, "/json/2/ntr.ticket/web_search_read", ask),
        lambda page: page["records"][39] and page["length"] >= 40,
    )


def test_search_by_number(copies):
    def ask(copy):
        return copy.api("engineer").call(
            *("ntr.ticket", "web_search_read"),
            domain=[
                "|",
                ("number", "ilike", "HD-2001-000777"),
                ("name", "ilike", "HD-2001-000777"),
            ],
            specification=SPECIFICATION,
            limit=40,
            count_limit=10001,
        )

    def check(page):
        assert [it["number"] for it in page["records"]] == ["HD-2001-000777"]

    compare(copies, "/json/2/ntr.ticket/web_search_read", ask, check)


def open_ticket(copies):
    """What the form asks for, of a ticket whose client has a past."""
    fields = {
        **SPECIFICATION,
        "description": {},
        "accountable_id": {"fields": {"display_name": {}}},
        "event_ids": {"fields": {"type": {}, "at": {}, "description": {}}, "limit": 40},
        "message_ids": {"fields": {"body": {}, "author_id": {}}, "limit": 30},
        "client_glance": {},
    }

    def ask(copy):
        return copy.api("engineer").call(
            *("ntr.ticket", "web_read", [copy.first + 556]), specification=fields
        )

    def check(rows):
        assert rows[0]["number"] == "HD-2001-000557"
        assert rows[0]["event_ids"] and rows[0]["message_ids"]
        assert len(rows[0]["client_glance"]["lists"][0]["rows"]) == 5

    compare(copies, "/json/2/ntr.ticket/web_read", ask, check)


def test_opening(copies):
    open_ticket(copies)


def test_kanban(copies):
    def ask(copy):
        return copy.api("engineer").call(
            *("ntr.ticket", "web_read_group"),
            domain=[("team_id", "=", copy.cast["team_id"])],
            groupby=["stage_id"],
            aggregates=["__count"],
            auto_unfold=True,
            unfold_read_specification=SPECIFICATION,
            unfold_read_default_limit=40,
        )

    def check(answer):
        assert len(answer["groups"]) >= 5
        assert any(group.get("__records") for group in answer["groups"])

    compare(copies, "/json/2/ntr.ticket/web_read_group", ask, check)


def test_counters_of_clients(copies):
    def ask(copy):
        api = copy.api("engineer")
        ids = api.search("res.partner", [("name", "like", "Firm ")], limit=40)
        return api.call(
            *("res.partner", "web_read", ids),
            specification={"ntr_ticket_count": {}, "ntr_equipment_count": {}},
        )

    def check(rows):
        assert len(rows) == 40
        assert {row["ntr_ticket_count"] for row in rows} <= {19, 20, 21}

    compare(copies, "/json/2/res.partner/web_read", ask, check)


def test_counters_of_teams(copies):
    def ask(copy):
        return copy.api("engineer").call(
            *("ntr.team", "web_read", [copy.cast["team_id"]]),
            specification={
                "open_ticket_count": {},
                "unassigned_ticket_count": {},
                "waiting_ticket_count": {},
            },
        )

    compare(
        *(copies, "/json/2/ntr.team/web_read", ask),
        lambda rows: rows[0]["open_ticket_count"] >= 40,
    )


def log_in(copy, login):
    """A session of somebody in the browser."""
    session = requests.Session()
    session.trust_env = False
    address = f"{copy.running.url}/web/login"
    page = session.get(address, timeout=60).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    name, password = scene.credentials_of(login)
    values = {"csrf_token": token, "login": name, "password": password}
    answer = session.post(address, data=values, timeout=60)
    assert answer.ok and "/web/login" not in answer.url, answer.url
    return session


@pytest.mark.parametrize(
    "path",
    ["/my/requests", "/my/requests?search=HD-2001-000007", "/my/requests?sortby=name"],
)
def test_portal(copies, path):
    sessions = {copy.database: log_in(copy, "emma") for copy in copies}

    def ask(copy):
        return sessions[copy.database].get(copy.running.url + path, timeout=60).text

    def check(page):
        numbers = set(re.findall(r"HD-2001-\d{6}", page))
        assert "HD-2001-000007" in numbers
        assert numbers <= {f"HD-2001-{i:06}" for i in range(1, PER_CLIENT + 1)}

    compare(copies, path, ask, check)


# What the ORM asks, and how PostgreSQL finds the rows of the tickets.
EXPLAIN = """
import json
from unittest.mock import patch
from odoo.sql_db import Cursor
from odoo.tools import SQL

def scans(plan):
    if plan.get("Relation Name") == "ntr_ticket":
        yield plan["Node Type"]
    for child in plan.get("Plans", ()):
        yield from scans(child)

def explain(action):
    asked, execute = [], Cursor.execute
    def keep(self, query, params=None, log_exceptions=True):
        if isinstance(query, SQL):
            query, params = query.code, query.params
        asked.append((query, params))
        return execute(self, query, params, log_exceptions)
    env.invalidate_all()
    with patch.object(Cursor, "execute", keep):
        answer = action()
    found = []
    for query, params in asked:
        if query.lstrip().startswith("SELECT") and "ntr_ticket" in query:
            execute(env.cr, "EXPLAIN (FORMAT JSON) " + query, params)
            found += scans(env.cr.fetchone()[0][0]["Plan"])
    return {"answer": answer, "scans": found}

person = lambda login: env["res.users"].search([("login", "=", f"e2e-{login}")]).id
number = "HD-2001-077777"
told = {}
for login in ("engineer", "director"):
    tickets = env(user=person(login))["ntr.ticket"]
    partners = env(user=person(login))["res.partner"].search(
        [("name", "like", "Firm ")], limit=80)
    told[login] = {
        "equal": explain(lambda: tickets.search([("number", "=", number)]).ids),
        "searched": explain(lambda: tickets.search(
            ["|", ("number", "ilike", number), ("name", "ilike", number)]).ids),
        "named": explain(lambda: [it[0] for it in tickets.name_search(number)]),
        "opened": explain(lambda: tickets.browse(FIRST + 77776).read(
            ["number", "name", "state"])[0]["id"]),
        "glance": explain(lambda: tickets.browse(FIRST + 77776).client_glance),
        "counters": explain(lambda: sum(partners.mapped("ntr_ticket_count"))),
        "counter": explain(lambda: partners[0].ntr_ticket_count),
    }
own = env(user=person("emma"))["ntr.ticket"]
told["emma"] = {
    "portal": explain(lambda: len(own.search([], limit=40))),
    "portal count": explain(lambda: own.search_count([])),
}
print(json.dumps(told))
"""


def test_tickets_are_found_by_an_index(large, odoo_shell):
    code = EXPLAIN.replace("FIRST", str(large.first))
    told = json.loads(odoo_shell(large.database, code).strip().splitlines()[-1])
    sequential = {
        (login, what): answer["scans"]
        for login, answers in told.items()
        for what, answer in answers.items()
        if not answer["scans"] or "Seq Scan" in answer["scans"]
    }
    assert not sequential
    for login in ("engineer", "director"):
        answers = {what: told[login][what]["answer"] for what in told[login]}
        wanted = large.first + 77776
        assert answers["equal"] == answers["searched"] == [wanted]
        assert answers["named"] == [wanted]
        assert answers["opened"] == wanted
        assert answers["counter"] in (19, 20, 21)
    assert told["emma"]["portal"]["answer"] == PER_CLIENT


def test_opening_where_all_is_of_one_client(copies):
    """The last of all: the others want clients with a few tickets each."""
    for copy in copies:
        copy.query(
            "UPDATE ntr_ticket SET commercial_partner_id = (SELECT"
            " commercial_partner_id FROM ntr_ticket WHERE id = %s) WHERE id >= %s",
            *(copy.first + 556, copy.first),
        )
        copy.query("ANALYZE ntr_ticket")
    open_ticket(copies)
