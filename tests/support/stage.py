"""A running help desk with its mail servers, seen from outside."""

from contextlib import closing

from cli import dbadmin
from support.api import Api
from support.waiting import wait_for

FETCH = "mail.ir_cron_mail_gateway_action"


class Stage:
    """What a test needs of the server: its people, its mail, its clockwork.

    :param running: the server (``tests/conftest.py``)
    :param dict endpoint: where its PostgreSQL is
    :param dict cast: what ``scene.set_up`` returned
    """

    def __init__(self, running, endpoint, cast, sink, entrance):
        self.running = running
        self.cast = cast
        self.sink = sink
        self.entrance = entrance
        self._endpoint = endpoint

    @property
    def url(self):
        return self.running.url

    def set_address(self):
        """Tell Odoo its address: the port is known only now, links need it."""
        parameters = self.api("admin")
        for key, value in (
            ("web.base.url", self.url),
            ("web.base.url.freeze", "True"),
        ):
            parameters.call("ir.config_parameter", "set_param", key=key, value=value)

    def api(self, login):
        return Api(self.url, self.cast["keys"][login])

    # ------------------------------------------------------------
    # Database
    # ------------------------------------------------------------

    def query(self, statement, *values, database=None):
        """Rows of a statement; what it changes is committed."""
        database = database or self.running.database
        with (
            closing(dbadmin.connect(self._endpoint, database)) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def get(self, ticket_id, *columns):
        """Columns of a ticket: one value, or a tuple of several."""
        rows = self.query(
            f"SELECT {', '.join(columns)} FROM ntr_ticket WHERE id = %s", ticket_id
        )
        return rows[0][0] if len(columns) == 1 else rows[0]

    def events(self, ticket_id, event_type=None):
        """(type, contact who did it, reason) of the ledger, oldest first."""
        rows = self.query(
            "SELECT type, actor_id, reason FROM ntr_ticket_event"
            " WHERE ticket_id = %s ORDER BY at, id",
            ticket_id,
        )
        return [row for row in rows if event_type in (None, row[0])]

    # ------------------------------------------------------------
    # Clockwork
    # ------------------------------------------------------------

    def trigger(self, xmlid):
        """Wake the scheduler up for one of its actions, as Odoo itself does it.

        :return: the id of the trigger
        """
        module, _dot, name = xmlid.partition(".")
        rows = self.query(
            "INSERT INTO ir_cron_trigger (cron_id, call_at)"
            " SELECT res_id, date_trunc('second', now() AT TIME ZONE 'UTC')"
            " FROM ir_model_data"
            " WHERE module = %s AND name = %s RETURNING id",
            module,
            name,
        )
        self.wake()
        return rows[0][0]

    def wake(self):
        """Have the schedulers look for what is due."""
        # They listen there, for all databases.
        self.query(
            "SELECT pg_notify('cron_trigger', %s)",
            self.running.database,
            database="postgres",
        )

    def run_cron(self, xmlid, timeout=60):
        """Have the scheduler do one of its actions, and wait for the end of it.

        :param timeout: seconds after which it is given up
        """
        trigger_id = self.trigger(xmlid)

        def is_done():
            # The scheduler takes the trigger away in the transaction that ends the job.
            if not self.query(
                "SELECT 1 FROM ir_cron_trigger WHERE id = %s", trigger_id
            ):
                return True
            # A server that has just started may not have listened yet.
            self.wake()
            return False

        wait_for(f"the scheduled action {xmlid}", is_done, timeout, interval=0.5)

    # ------------------------------------------------------------
    # Mail
    # ------------------------------------------------------------

    def send(self, message, sender=None):
        """A client's mail goes in by SMTP; Odoo is woken up to fetch it by IMAP.

        :return: the id of the ticket that it made or joined
        """
        self.entrance.send(message, sender)
        self.trigger(FETCH)
        return self.wait_ticket(message["Message-ID"])

    def send_automatic(self, message):
        """A mail of a program goes in that answers nothing: it makes no ticket."""
        self.entrance.send(message, "")
        self.trigger(FETCH)
        wait_for(
            f"the automatic mail {message['Message-ID']} in the journal",
            lambda: self.query(
                "SELECT 1 FROM ntr_mail_journal"
                " WHERE state = 'automatic' AND message_id = %s",
                str(message["Message-ID"]).strip("<>"),
            ),
        )

    def wait_ticket(self, message_id):
        rows = wait_for(
            f"a ticket with the mail {message_id}",
            lambda: self.query(
                "SELECT res_id FROM mail_message"
                " WHERE model = 'ntr.ticket' AND message_id = %s",
                str(message_id),
            ),
        )
        return rows[0][0]

    def wait_notices(self, ticket_id):
        """Wait until the ticket owes no letter to its client."""
        wait_for(
            f"the letters due of ticket {ticket_id}",
            lambda: not self.query(
                "SELECT 1 FROM ntr_notice WHERE ticket_id = %s", ticket_id
            ),
            timeout=60,
        )
