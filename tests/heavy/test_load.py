"""Many people at once, against a server with worker processes.

Times are not looked at: everything that was asked for is there once, and nobody is
refused but who comes too late.
"""

import json
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import scene
from support.api import Refused
from support.fixtures import OPTIONS
from support.stage import Stage
from support.waiting import wait_for

pytestmark = pytest.mark.heavy

WORKERS = 2
ENGINEERS, DISPATCHERS, CLIENTS = 6, 4, 4
WANTED = 12  # tickets that every engineer tries to take
ROUNDS = 8

MORE_PEOPLE = """
import json
env = env(context=dict(env.context, lang="en_US", no_reset_password=True))
team = env["ntr.team"].browse({team_id})
people = {{}}
for name, count, group in {people}:
    for number in range(count):
        login = f"{{name}}{{number}}"
        user = _make_user(env, login, f"Load {{login}}", group)
        if group != "base.group_portal":
            team.line_ids[1:2].member_ids += user
        people[login] = {{
            "key": _make_key(env, user),
            "user": user.id,
            "partner": user.partner_id.id,
        }}
# The others' transactions see the team complete, and so does the rest of this one.
env.invalidate_all()
env.registry.clear_cache()
dispatcher = env["res.users"].browse(people["dispatch0"]["user"])
tickets = env(user=dispatcher)["ntr.ticket"].create([
    {{"name": f"Wanted {{number}}", "team_id": team.id}} for number in range({wanted})
])
own = env(user=dispatcher)["ntr.ticket"].create([
    {{
        "name": "Own",
        "team_id": team.id,
        "partner_id": people[f"client{{number}}"]["partner"],
    }}
    for number in range({clients})
])
env.cr.commit()
print(json.dumps({{"people": people, "wanted": tickets.ids, "own": own.ids}}))
"""
LIST = {"number": {}, "name": {}, "state": {}, "stage_id": {"fields": {"name": {}}}}


@pytest.fixture(scope="module")
def crowd(module_database, odoo_shell, cast):
    groups = (
        ("dispatch", DISPATCHERS, "helpdesk_ntr.group_dispatcher"),
        ("fix", ENGINEERS, "helpdesk_ntr.group_engineer"),
        ("client", CLIENTS, "base.group_portal"),
    )
    code = Path(scene.__file__).read_text() + MORE_PEOPLE.format(
        team_id=cast["team_id"], people=groups, wanted=WANTED, clients=CLIENTS
    )
    return json.loads(odoo_shell(module_database, code).strip().splitlines()[-1])


@pytest.fixture(scope="module")
def stage(crowd, start_odoo, endpoint, module_database, cast, sink, entrance):
    cast["keys"] |= {name: it["key"] for name, it in crowd["people"].items()}
    running = start_odoo(module_database, workers=WORKERS, options=OPTIONS)
    return Stage(running, endpoint, cast, sink, entrance)


def dispatch(stage, crowd, number):
    """Register requests, look at the list and into what was registered."""
    api, made = stage.api(f"dispatch{number}"), []
    for each in range(ROUNDS):
        values = {"name": f"Load {number}.{each}", "team_id": stage.cast["team_id"]}
        made += api.call("ntr.ticket", "create", vals_list=[values])
        page = api.call(
            "ntr.ticket", "web_search_read", domain=[], specification=LIST, limit=40
        )
        assert page["records"]
        (form,) = api.call("ntr.ticket", "web_read", made[-1:], specification=LIST)
        assert form["name"] == values["name"]
    return {"made": made}


def fix(stage, crowd, number):
    """Try to take each wanted ticket; answer and solve those that were got."""
    api = stage.api(f"fix{number}")
    # A client's cause is nobody's business here: any will do.
    cause_id = api.search("ntr.ticket.cause", [("team_ids", "=", False)], limit=1)[0]
    taken, refused = [], []
    for ticket_id in crowd["wanted"]:
        try:
            api.call("ntr.ticket", "take", [ticket_id])
        except Refused as error:
            refused.append((ticket_id, error.kind, error.sentence))
            continue
        taken.append(ticket_id)
        api.call(
            "ntr.ticket",
            "message_post",
            [ticket_id],
            body=f"I look at it, {number}.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        api.call(
            "ntr.ticket", "solve", [ticket_id], solution="Done.", cause_id=cause_id
        )
    return {"taken": taken, "refused": refused}


def ask(stage, crowd, number):
    """Look at one's own requests and write to one of them."""
    api, ticket_id = stage.api(f"client{number}"), crowd["own"][number]
    for each in range(ROUNDS):
        page = api.call("ntr.ticket", "search_read", domain=[], fields=["number"])
        assert [row["id"] for row in page] == [ticket_id]
        api.call(
            "ntr.ticket",
            "message_post",
            [ticket_id],
            body=f"Any news? {number}.{each}",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
    return {}


@pytest.fixture(scope="module")
def done(stage, crowd):
    """What everybody has to tell after all of it."""
    jobs = [
        *((fix, number) for number in range(ENGINEERS)),
        *((dispatch, number) for number in range(DISPATCHERS)),
        *((ask, number) for number in range(CLIENTS)),
    ]
    with ThreadPoolExecutor(len(jobs)) as pool:
        futures = [pool.submit(job, stage, crowd, number) for job, number in jobs]
        results = [future.result() for future in futures]
    told = {"made": [], "taken": [], "refused": []}
    for result in results:
        for name, values in result.items():
            told[name] += values
    return told


def get_types(stage, ticket_ids):
    return Counter(
        stage.query(
            "SELECT ticket_id, type FROM ntr_ticket_event WHERE ticket_id = ANY(%s)",
            ticket_ids,
        )
    )


def test_registered_tickets_are_numbered_uniquely(stage, done):
    assert len(set(done["made"])) == DISPATCHERS * ROUNDS
    rows = stage.query("SELECT number FROM ntr_ticket WHERE id = ANY(%s)", done["made"])
    assert len(set(rows)) == DISPATCHERS * ROUNDS
    types = get_types(stage, done["made"])
    assert {types[ticket_id, "created"] for ticket_id in done["made"]} == {1}


def test_each_ticket_is_taken_by_one(stage, crowd, done):
    assert sorted(done["taken"]) == sorted(crowd["wanted"])
    types = get_types(stage, crowd["wanted"])
    for ticket_id in crowd["wanted"]:
        for event_type in ("created", "taken", "reply", "solved"):
            assert types[ticket_id, event_type] == 1, (ticket_id, event_type)
    # Who solved it is who took it.
    assert not stage.query(
        "SELECT 1 FROM ntr_ticket ticket JOIN res_users ON res_users.id = user_id"
        " JOIN ntr_ticket_event event ON event.ticket_id = ticket.id"
        " WHERE event.type IN ('taken', 'solved') AND ticket.id = ANY(%s)"
        " AND (event.actor_id != res_users.partner_id OR ticket.state != 'solved')",
        crowd["wanted"],
    )


def test_who_comes_too_late_is_told_so(done):
    assert len(done["refused"]) == WANTED * (ENGINEERS - 1)
    for _ticket_id, kind, sentence in done["refused"]:
        assert kind == "UserError", sentence
        assert re.search(r"has HD-\S+ already|is not open any more", sentence), sentence


def test_every_word_of_a_client_is_there_once(stage, crowd, done):
    types = get_types(stage, crowd["own"])
    for ticket_id in crowd["own"]:
        assert types[ticket_id, "client_message"] == ROUNDS
    bodies = stage.query(
        "SELECT body FROM mail_message WHERE model = 'ntr.ticket'"
        " AND res_id = ANY(%s) AND body LIKE '%%Any news?%%'",
        crowd["own"],
    )
    assert len(set(bodies)) == len(bodies) == CLIENTS * ROUNDS


def test_ledger_tells_what_stands_in_the_tickets(stage, crowd, done):
    """The last state that the ledger names is the state of the ticket."""
    assert not stage.query(
        "SELECT ticket.id FROM ntr_ticket ticket CROSS JOIN LATERAL ("
        "   SELECT changes -> 'state' ->> 1 AS state FROM ntr_ticket_event event"
        "   WHERE event.ticket_id = ticket.id AND changes -> 'state' IS NOT NULL"
        "   ORDER BY at DESC, id DESC LIMIT 1) last"
        " WHERE ticket.id = ANY(%s) AND last.state != ticket.state",
        crowd["wanted"] + crowd["own"] + done["made"],
    )


def test_workers_shared_the_work_without_errors(stage, done):
    def get_workers():
        log = stage.running.log.read_text(errors="replace")
        return set(
            re.findall(r"^\S+ \S+ (\d+) INFO \S+ werkzeug: .*/json/2/", log, re.M)
        )

    wait_for("both workers in the log", lambda: len(get_workers()) >= WORKERS)
    log = stage.running.log.read_text(errors="replace")
    assert not re.findall(r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*", log, re.M)


def test_pages_are_served(stage, done):
    """Not the API alone."""
    assert stage.running.process.answers()
