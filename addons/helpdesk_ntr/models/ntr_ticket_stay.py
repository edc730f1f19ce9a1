from odoo import fields, models
from odoo.tools import SQL


class NtrTicketStay(models.Model):
    """How long a ticket was with a line and a person, read from the ledger.

    One row from each change of line or executor to the next. The seconds of an event
    are those since the event before, so they belong to whoever had the ticket then.
    """

    _name = "ntr.ticket.stay"
    _description = "Time of a ticket on a line"
    _auto = False
    _order = "ticket_id desc, started_at, id"
    _rec_name = "ticket_id"
    _depends = {
        "ntr.ticket": ["company_id", "team_id"],
        "ntr.ticket.event": ["ticket_id", "at", "changes", "seconds", "work_seconds"],
    }

    ticket_id = fields.Many2one("ntr.ticket", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("ntr.team", "Team of the ticket", readonly=True)
    line_id = fields.Many2one("ntr.support.line", readonly=True)
    user_id = fields.Many2one("res.users", "Executor", readonly=True)
    started_at = fields.Datetime("From", readonly=True)
    ended_at = fields.Datetime(
        "Until", readonly=True, help="The last event of this stay so far."
    )
    hours = fields.Float(readonly=True, aggregator="sum")
    work_hours = fields.Float(
        "Working hours",
        readonly=True,
        aggregator="sum",
        help="Of these, within the working hours of the team as they were then.",
    )

    @property
    def _table_query(self):
        # A ticket is a partition, so a filter on tickets reaches the index of events.
        return SQL(
            """
            WITH marked AS (
                SELECT id, ticket_id, at, seconds, work_seconds, changes,
                       COUNT(*) FILTER (WHERE changes ?| ARRAY['line_id', 'user_id'])
                           OVER w AS run,
                       COUNT(*) FILTER (WHERE changes ? 'line_id') OVER w AS line_run,
                       COUNT(*) FILTER (WHERE changes ? 'user_id') OVER w AS user_run
                  FROM ntr_ticket_event
                 WHERE ticket_id IS NOT NULL
                WINDOW w AS (PARTITION BY ticket_id ORDER BY at, id)
            ), held AS (
                SELECT id, ticket_id, at, run,
                       LEAD(seconds) OVER by_ticket AS seconds,
                       LEAD(work_seconds) OVER by_ticket AS work_seconds,
                       LEAD(at) OVER by_ticket AS next_at,
                       NULLIF(MAX(changes->'line_id'->>1) OVER
                           (PARTITION BY ticket_id, line_run), 'false')::int AS line_id,
                       NULLIF(MAX(changes->'user_id'->>1) OVER
                           (PARTITION BY ticket_id, user_run), 'false')::int AS user_id
                  FROM marked
                WINDOW by_ticket AS (PARTITION BY ticket_id ORDER BY at, id)
            )
            SELECT MIN(held.id) AS id, held.ticket_id, ticket.company_id,
                   ticket.team_id, held.line_id, held.user_id,
                   MIN(held.at) AS started_at,
                   MAX(COALESCE(held.next_at, held.at)) AS ended_at,
                   COALESCE(SUM(held.seconds), 0) / 3600.0 AS hours,
                   COALESCE(SUM(held.work_seconds), 0) / 3600.0 AS work_hours
              FROM held
              JOIN ntr_ticket ticket ON ticket.id = held.ticket_id
          GROUP BY held.ticket_id, ticket.company_id, ticket.team_id, held.run,
                   held.line_id, held.user_id
            """
        )
