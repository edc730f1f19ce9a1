"""The server is killed in the middle of its work, and started again.

Where it is killed is no chance: a table that is locked holds the server at the
statement that writes into it, and the mail server kills it while it confirms a letter.
"""

import signal
import threading
from contextlib import closing, contextmanager

import pytest
from support import scene
from support.fixtures import OPTIONS
from support.smtp import write_letter
from support.stage import FETCH, Stage
from support.waiting import wait_for

from cli import dbadmin

pytestmark = pytest.mark.heavy

NOTICES = "helpdesk_ntr.ir_cron_send_notices"
CLOSE = "helpdesk_ntr.ir_cron_close_solved"
QUEUE = "mail.ir_cron_mail_scheduler_action"
MAILS = 500
BATCH = 50
ANSWERED = 24  # of them, whose letters are followed
TICKETS = 8

# Letters are deleted when they are sent; who made one is noted for good.
NOTE_LETTERS = """
    CREATE TABLE made_mail (mail_id integer, message_id integer);
    CREATE FUNCTION note_mail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO made_mail VALUES (NEW.id, NEW.mail_message_id);
        RETURN NEW;
    END $$;
    CREATE TRIGGER note_mail AFTER INSERT ON mail_mail
        FOR EACH ROW EXECUTE FUNCTION note_mail();
"""
# Nothing of the demonstration is due, and no other action writes letters.
NOTHING_ELSE = """
    DELETE FROM ntr_notice;
    UPDATE ntr_ticket SET close_due_at = NULL, close_warning_at = NULL;
    UPDATE ir_cron SET active = FALSE WHERE id NOT IN (
        SELECT res_id FROM ir_model_data WHERE model = 'ir.cron' AND name = ANY(%s)
    );
"""
WAKE_UP = """
    INSERT INTO ir_cron_trigger (cron_id, call_at)
    SELECT res_id, now() AT TIME ZONE 'UTC' - interval '1 minute'
      FROM ir_model_data
     WHERE model = 'ir.cron' AND name = %s
"""
MAKE_TICKETS = """
import json
env = env(user=env["res.users"].search([("login", "=", "e2e-dispatcher")]))
tickets = env["ntr.ticket"].create([
    {{"name": f"{name} {{number}}", "partner_id": {partner_id}, "team_id": {team_id}}}
    for number in range({count})
])
{code}
env.cr.commit()
print(json.dumps(tickets.ids))
"""
SOLVE = """
env["ntr.notice"].sudo().search([]).unlink()
cause = env["ntr.ticket.cause"].search([("team_ids", "=", False)], limit=1)
engineer = env["res.users"].search([("login", "=", "e2e-engineer")])
tickets.with_user(engineer).take()
tickets.with_user(engineer).solve("Replaced the fan.", cause.id)
"""


class Life:
    """A server that can be killed, and its stage."""

    def __init__(self, start_odoo, endpoint, database, cast, sink, entrance, dovecot):
        self._start_odoo = start_odoo
        self._endpoint = endpoint
        self._database = database
        self._parts = (endpoint, cast, sink, entrance)
        self.sink = sink
        self.cast = cast
        self.dovecot = dovecot
        self.stage = None
        self._process = None

    def start(self):
        running = self._start_odoo(self._database, options=OPTIONS)
        self._process = running.process
        self.stage = Stage(running, *self._parts)

    def kill(self):
        self._process.kill()

    def connect(self):
        return closing(dbadmin.connect(self._endpoint, self._database))

    def query(self, statement, *values):
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def held_at(self, table):
        """Nobody can write into that table meanwhile."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            yield
            cursor.execute("ROLLBACK")

    def wait_held(self, table):
        def is_held():
            self.stage.wake()
            return self.query(
                "SELECT 1 FROM pg_locks JOIN pg_class ON pg_class.oid = relation"
                " JOIN pg_database base ON base.oid = pg_locks.database"
                " WHERE base.datname = current_database()"
                " AND relname = %s AND NOT granted",
                table,
            )

        wait_for(f"the server to write into {table}", is_held, timeout=60)

    def wait_forgotten(self):
        """PostgreSQL has undone what the killed server had not finished."""
        wait_for(
            "the end of the killed server's connections",
            lambda: not self.query(
                "SELECT 1 FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid != pg_backend_pid()"
            ),
            timeout=60,
        )

    def kill_at(self, table):
        """Kill the server while it writes into that table."""
        with self.held_at(table):
            self.start()
            self.wait_held(table)
            self.kill()
        self.wait_forgotten()

    def kill_at_letter(self, number):
        """Kill the server when the letter has come and is not confirmed."""
        killed = threading.Event()
        wanted = self.sink.count() + number

        def kill(count):
            if count >= wanted and not killed.is_set():
                self.kill()
                killed.set()

        self.sink.on_letter = kill
        # Not before the server answers: who starts it waits for that.
        with self.held_at("mail_mail"):
            self.start()
            self.wait_held("mail_mail")
        try:
            wait_for("the letter to be killed at", killed.is_set, timeout=60)
        finally:
            self.sink.on_letter = None
        self.wait_forgotten()

    def finish(self, xmlid):
        """Start for good and let the action and the mail queue come to their end."""
        self.start()
        self.stage.run_cron(xmlid, timeout=300)
        self.stage.run_cron(QUEUE)

    def make_tickets(self, odoo_shell, name, code=""):
        output = odoo_shell(
            self._database,
            MAKE_TICKETS.format(
                name=name,
                partner_id=self.cast["partners"]["emma"],
                team_id=self.cast["team_id"],
                count=TICKETS,
                code=code,
            ),
        )
        return [int(it) for it in output.strip().splitlines()[-1][1:-1].split(",")]

    def assert_one_letter(self, ticket_id, words=""):
        """A letter of a ticket is in the ledger once and was made once.

        :return: how often it was sent; that can be twice
        """
        rows = self.query(
            "SELECT message.id, message.message_id FROM mail_message message"
            " WHERE message.model = 'ntr.ticket' AND message.res_id = %s"
            " AND message.message_type = 'auto_comment'"
            " AND message.body LIKE %s",
            ticket_id,
            f"%{words}%",
        )
        assert len(rows) == 1, (ticket_id, rows)
        message_id, number = rows[0]
        assert self.query(
            "SELECT type FROM ntr_ticket_event WHERE message_id = %s", message_id
        ) == [("automatic_message",)]
        assert self.query(
            "SELECT count(*) FROM made_mail WHERE message_id = %s", message_id
        ) == [(1,)]
        assert not self.query(
            "SELECT state FROM mail_mail WHERE mail_message_id = %s"
            " AND state NOT IN ('sent', 'cancel')",
            message_id,
        )
        letters = [it for it in self.sink.letters if it.message_id == number]
        assert 1 <= len(letters) <= 2, (ticket_id, len(letters))
        return len(letters)


@pytest.fixture
def life(start_odoo, endpoint, module_database, cast, sink, entrance, dovecot):
    life = Life(start_odoo, endpoint, module_database, cast, sink, entrance, dovecot)
    if not life.query("SELECT 1 FROM pg_class WHERE relname = 'made_mail'"):
        life.query(NOTE_LETTERS)
        names = [it.partition(".")[2] for it in (FETCH, NOTICES, CLOSE, QUEUE)]
        life.query(NOTHING_ELSE, names)
    yield life
    sink.on_letter = None
    if life.stage:
        # letters may be on their way still: asked to stop, it would complain of them
        life.kill()
        life.wait_forgotten()


def test_killed_while_taking_mail_in(life):
    mails = [
        write_letter(
            # Many people: Odoo ignores one who writes twenty mails at once.
            f"Person {number} <person{number}@falcon.example>",
            f"{scene.ALIAS}@{scene.DOMAIN}",
            f"Lamp {number} is dark",
            f"It went out this morning, lamp {number}.",
            message_id=f"<kill.{number}@falcon.example>",
        )
        for number in range(MAILS)
    ]
    life.dovecot.deliver(scene.MAILBOX, *(mail.as_bytes() for mail in mails))
    before = count_tickets(life)

    # In the transaction of the first mail.
    life.query(WAKE_UP, FETCH.partition(".")[2])
    life.kill_at("ntr_notice")
    assert count_tickets(life) == before

    # After the ticket is there, before the mailbox knows it.
    with life.held_at("ntr_notice"):
        life.start()
        life.wait_held("ntr_notice")
        life.dovecot.signal_sessions(signal.SIGSTOP)
    wait_for("the ticket", lambda: count_tickets(life) > before)
    life.kill()
    life.dovecot.signal_sessions(signal.SIGKILL)
    life.wait_forgotten()
    assert count_tickets(life) == before + 1
    assert len(life.dovecot.search(scene.MAILBOX, "UNSEEN")) == MAILS

    # Wherever it is after a few mails.
    life.start()
    wait_for("some tickets", lambda: has_come(life, before + MAILS // 3), timeout=300)
    life.kill()
    life.wait_forgotten()
    assert life.dovecot.search(scene.MAILBOX, "UNSEEN")

    life.finish(FETCH)
    # Odoo fetches so many at a time
    for _batch in range(MAILS // BATCH):
        if life.dovecot.search(scene.MAILBOX, "UNSEEN"):
            life.stage.run_cron(FETCH, timeout=300)
    assert not life.dovecot.search(scene.MAILBOX, "UNSEEN")
    assert count_tickets(life) == before + MAILS
    for mail in mails:
        rows = life.query(
            "SELECT message.res_id, count(event.id) FROM mail_message message"
            " JOIN ntr_ticket_event event ON event.message_id = message.id"
            " WHERE message.model = 'ntr.ticket' AND message.message_id = %s"
            " GROUP BY message.id",
            mail["Message-ID"],
        )
        assert [row[1] for row in rows] == [1], mail["Subject"]
    followed = life.query(
        "SELECT id FROM ntr_ticket WHERE name LIKE 'Lamp%%' ORDER BY id LIMIT %s",
        ANSWERED,
    )
    life.query(
        "DELETE FROM ntr_notice WHERE ticket_id != ALL(%s)",
        [ticket_id for (ticket_id,) in followed],
    )
    life.stage.run_cron(NOTICES)
    life.stage.run_cron(QUEUE)
    for (ticket_id,) in followed:
        life.assert_one_letter(ticket_id)
        types = [row[0] for row in life.stage.events(ticket_id)]
        assert types == ["created", "client_message", "automatic_message"]


def test_killed_while_posting_letters(life, odoo_shell):
    tickets = life.make_tickets(odoo_shell, "Fan rattles")

    life.kill_at("mail_mail")
    assert count_notices(life, tickets) == TICKETS
    life.kill_at_letter(3)
    assert 0 < count_notices(life, tickets) < TICKETS

    life.finish(NOTICES)
    assert count_notices(life, tickets) == 0
    sent = [life.assert_one_letter(ticket_id) for ticket_id in tickets]
    # The letter that was not confirmed came again, and no other.
    assert sorted(sent) == [1] * (TICKETS - 1) + [2]


def test_killed_while_closing(life, odoo_shell):
    tickets = life.make_tickets(odoo_shell, "Belt squeaks", SOLVE)
    warned, due = tickets[: TICKETS // 2], tickets[TICKETS // 2 :]
    life.query(
        "UPDATE ntr_ticket SET close_warning_at = NULL,"
        " close_due_at = now() AT TIME ZONE 'UTC' - interval '1 minute'"
        " WHERE id = ANY(%s)",
        due,
    )
    life.query(
        "UPDATE ntr_ticket SET close_due_at = now() AT TIME ZONE 'UTC'"
        " + interval '2 days', close_warning_at = now() AT TIME ZONE 'UTC'"
        " - interval '1 minute' WHERE id = ANY(%s)",
        warned,
    )
    life.query(WAKE_UP, CLOSE.partition(".")[2])

    life.kill_at("mail_mail")
    assert set(states(life, tickets)) == {"solved"}
    life.kill_at_letter(2)
    assert_whole(life, tickets)
    assert "closed" in states(life, due) and "solved" in states(life, due)

    life.finish(CLOSE)
    assert set(states(life, due)) == {"closed"}
    assert set(states(life, warned)) == {"solved"}
    assert_whole(life, tickets)
    for ticket_id in due:
        assert len(life.stage.events(ticket_id, "closed")) == 1
        life.assert_one_letter(ticket_id, "is closed")
    for ticket_id in warned:
        assert len(life.stage.events(ticket_id, "warned")) == 1
        assert len(life.stage.events(ticket_id, "automatic_message")) == 2


def count_tickets(life):
    return life.query("SELECT count(*) FROM ntr_ticket")[0][0]


def has_come(life, count):
    life.stage.wake()
    return count_tickets(life) >= count


def count_notices(life, tickets):
    return life.query(
        "SELECT count(*) FROM ntr_notice WHERE ticket_id = ANY(%s)", tickets
    )[0][0]


def states(life, tickets):
    rows = life.query("SELECT state FROM ntr_ticket WHERE id = ANY(%s)", tickets)
    return [row[0] for row in rows]


def assert_whole(life, tickets):
    """State, stage, dates, ledger and letter of each ticket tell the same."""
    rows = life.query(
        "SELECT ticket.id, ticket.state, stage.state, closed_at IS NOT NULL,"
        " close_due_at IS NULL, (SELECT count(*) FROM ntr_ticket_event event"
        "   WHERE event.ticket_id = ticket.id AND event.type = 'closed'),"
        " (SELECT count(*) FROM mail_message message WHERE model = 'ntr.ticket'"
        "   AND res_id = ticket.id AND message_type = 'auto_comment'"
        "   AND body LIKE '%%is closed%%')"
        " FROM ntr_ticket ticket JOIN ntr_ticket_stage stage"
        " ON stage.id = ticket.stage_id WHERE ticket.id = ANY(%s)",
        tickets,
    )
    for ticket_id, state, stage, *facts in rows:
        assert state == stage, ticket_id
        is_closed = state == "closed"
        assert facts == [is_closed, is_closed, is_closed, is_closed], (ticket_id, facts)
