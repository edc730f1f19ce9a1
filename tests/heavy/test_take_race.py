"""A hundred calls of ``take()`` for one ticket, from twenty processes at once."""

import json
import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from support import scene
from support.api import Api, Refused
from support.fixtures import OPTIONS

from cli import dbadmin

pytestmark = pytest.mark.heavy

PROCESSES, CALLS = 20, 5
WORKERS = 6

ENGINEERS = """
import json
env = env(context=dict(env.context, lang="en_US", no_reset_password=True))
team = env["ntr.team"].browse({team_id})
keys = []
for number in range({count}):
    user = _make_user(
        env, f"racer{{number}}", f"Racer {{number}}", "helpdesk_ntr.group_engineer"
    )
    team.line_ids[1:2].member_ids += user
    keys.append(_make_key(env, user))
ticket = env["ntr.ticket"].create({{"name": "Wanted by all", "team_id": team.id}})
env.cr.commit()
print(json.dumps({{"keys": keys, "ticket": ticket.id, "number": ticket.number}}))
"""


@pytest.fixture(scope="module")
def race(module_database, odoo_shell, cast):
    code = Path(scene.__file__).read_text() + ENGINEERS.format(
        team_id=cast["team_id"], count=PROCESSES
    )
    return json.loads(odoo_shell(module_database, code).strip().splitlines()[-1])


@pytest.fixture(scope="module")
def running(module_database, race, start_odoo):
    return start_odoo(module_database, workers=WORKERS, options=OPTIONS)


def take(url, key, ticket_id, start):
    """What one process meets: True, or the sentence of the refusal, for each call."""
    api, answers = Api(url, key), []
    # everybody is connected before anybody calls
    api.call("ntr.ticket", "search_count", domain=[("id", "=", ticket_id)])
    start.wait(timeout=120)
    for _call in range(CALLS):
        try:
            answers.append(api.call("ntr.ticket", "take", [ticket_id]))
        except Refused as error:
            answers.append(f"{error.kind}: {error.sentence}")
    return answers


def count_taken(endpoint, database, ticket_id):
    with (
        closing(dbadmin.connect(endpoint, database)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT count(*) FROM ntr_ticket_event"
            " WHERE type = 'taken' AND ticket_id = %s",
            [ticket_id],
        )
        return cursor.fetchone()[0]


def test_one_wins_and_the_others_read_who(running, race, endpoint, module_database):
    with (
        multiprocessing.Manager() as manager,
        ProcessPoolExecutor(
            PROCESSES, mp_context=multiprocessing.get_context("spawn")
        ) as pool,
    ):
        start = manager.Barrier(PROCESSES)
        futures = [
            pool.submit(take, running.url, key, race["ticket"], start)
            for key in race["keys"]
        ]
        answers = [future.result() for future in futures]
    won = [process for process in answers if True in process]
    assert len(won) == 1, answers
    assert won[0].count(True) == 1
    number = race["number"]
    for sentence in (it for process in answers for it in process if it is not True):
        assert re.fullmatch(
            rf"UserError: Racer \d+ has {number} already\.", sentence
        ), sentence
    assert count_taken(endpoint, module_database, race["ticket"]) == 1
