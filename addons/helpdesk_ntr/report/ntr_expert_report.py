from odoo import fields, models
from odoo.tools import SQL

# What ends work on a ticket or begins it again: the last of them is how it stands.
COURSE = ("solved", "rejected", "reopened", "cancelled")


class NtrExpertReport(models.Model):
    """What experts solved and how long they worked, per month, and what that comes to
    by their rates (S15, S64).

    Read from the ledger. A solution counts in the month in which a person gave it, for
    the executor of then, unless it was rejected or the ticket reopened since. Hours are
    the team's working hours in which a ticket in work was in his hands.
    """

    _name = "ntr.expert.report"
    _description = "Work and cost of experts"
    _auto = False
    _order = "month desc, cost desc, id"
    _rec_name = "user_id"
    _depends = {
        "ntr.ticket": ["company_id"],
        "ntr.ticket.event": ["ticket_id", "type", "at", "changes", "work_seconds"],
        "ntr.expert.rate": ["user_id", "company_id", "date_from", "basis", "amount"],
        "res.company": ["currency_id", "resource_calendar_id"],
    }

    month = fields.Date(readonly=True, help="The first day of the month.")
    user_id = fields.Many2one("res.users", "Expert", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    rate_id = fields.Many2one("ntr.expert.rate", "Rate that held", readonly=True)
    basis = fields.Selection(
        [("ticket", "Per solved ticket"), ("hour", "Per hour")], "Paid", readonly=True
    )
    amount = fields.Monetary("Rate", readonly=True, aggregator=None)
    solved_count = fields.Integer(
        "Solved tickets",
        readonly=True,
        help="Solutions that a person gave and that were neither rejected nor reopened "
        "since.",
    )
    work_hours = fields.Float(
        "Hours in work",
        readonly=True,
        help="Working hours of the team in which tickets in work were in his hands, "
        "without those in which they waited. Two tickets at the same time count twice.",
    )
    cost = fields.Monetary(
        "Comes to", readonly=True, help="By the rate that held then; without a rate, 0."
    )

    @property
    def _table_query(self):
        # The id is that of the first event that counts in a row. Arrays of what an
        # event changed keep the whole ledger to one sort; rates are sought by the day.
        return SQL(
            """
            WITH marked AS (
                SELECT id, ticket_id, at,
                       LEAD(work_seconds) OVER w AS work_seconds,
                       ARRAY_AGG(changes->'user_id'->>1)
                           FILTER (WHERE changes ? 'user_id') OVER w AS users,
                       ARRAY_AGG(changes->'state'->>1)
                           FILTER (WHERE changes ? 'state') OVER w AS states,
                       type = 'solved' AND actor_id IS NOT NULL
                           AND COUNT(*) FILTER (WHERE type IN %(course)s) OVER w
                             = COUNT(*) FILTER (WHERE type IN %(course)s)
                                   OVER (PARTITION BY ticket_id) AS is_solution
                  FROM ntr_ticket_event
                 WHERE ticket_id IS NOT NULL
                WINDOW w AS (PARTITION BY ticket_id ORDER BY at, id)
            ), held AS (
                SELECT id, ticket_id, at, work_seconds, is_solution,
                       NULLIF(users[CARDINALITY(users)], 'false')::int AS user_id,
                       states[CARDINALITY(states)] = 'open' AS is_in_work
                  FROM marked
            ), counted AS (
                SELECT MIN(held.id) AS id, held.user_id, ticket.company_id,
                       (held.at AT TIME ZONE 'UTC'
                           AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date AS day,
                       COUNT(*) FILTER (WHERE held.is_solution) AS solved,
                       COALESCE(SUM(held.work_seconds)
                           FILTER (WHERE held.is_in_work), 0) / 3600.0 AS hours
                  FROM held
                  JOIN ntr_ticket ticket ON ticket.id = held.ticket_id
                  JOIN res_company company ON company.id = ticket.company_id
             LEFT JOIN resource_calendar calendar
                    ON calendar.id = company.resource_calendar_id
                 WHERE held.user_id IS NOT NULL
                   AND (held.is_solution OR held.is_in_work AND held.work_seconds > 0)
              GROUP BY held.user_id, ticket.company_id, day
            ), summed AS (
                SELECT MIN(counted.id) AS id, counted.company_id, company.currency_id,
                       counted.user_id,
                       date_trunc('month', counted.day)::date AS month,
                       rate.id AS rate_id, rate.basis, rate.amount,
                       SUM(counted.solved) AS solved_count,
                       SUM(counted.hours) AS work_hours
                  FROM counted
                  JOIN res_company company ON company.id = counted.company_id
     LEFT JOIN LATERAL (
                    SELECT id, basis, amount
                      FROM ntr_expert_rate
                     WHERE user_id = counted.user_id
                       AND company_id = counted.company_id
                       AND date_from <= counted.day
                  ORDER BY date_from DESC
                     LIMIT 1
                       ) rate ON TRUE
              GROUP BY counted.company_id, company.currency_id, counted.user_id,
                       date_trunc('month', counted.day), rate.id, rate.basis,
                       rate.amount
            )
            SELECT summed.*,
                   CASE basis WHEN 'ticket' THEN amount * solved_count
                              WHEN 'hour' THEN amount * work_hours
                              ELSE 0 END AS cost
              FROM summed
            """,
            course=COURSE,
        )
