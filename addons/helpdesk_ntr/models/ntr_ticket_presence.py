from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# Who has not been heard of for so many seconds has left.
PRESENT_SECONDS = 90


class NtrTicketPresence(models.Model):
    """Who has the form of which ticket open just now."""

    _name = "ntr.ticket.presence"
    _description = "Somebody looks at a ticket"
    _log_access = False

    ticket_id = fields.Many2one(
        "ntr.ticket", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="cascade", index=True
    )
    seen_at = fields.Datetime(required=True, readonly=True)

    _once = models.Constraint(
        "UNIQUE(ticket_id, user_id)", "A person looks at a ticket once."
    )

    def _note(self, ticket, user):
        """That person has the ticket open.

        :return: whether he has just come
        """
        now = fields.Datetime.now()
        [[is_new]] = self.env.execute_query(
            SQL(
                "INSERT INTO ntr_ticket_presence AS here (ticket_id, user_id, seen_at)"
                " VALUES (%s, %s, %s) ON CONFLICT (ticket_id, user_id) DO UPDATE"
                " SET seen_at = excluded.seen_at RETURNING xmax = 0",
                ticket.id,
                user.id,
                now,
            )
        )
        self.invalidate_model()
        return is_new

    @api.model
    def _get_present(self, ticket):
        """The people who have that ticket open."""
        since = fields.Datetime.now() - timedelta(seconds=PRESENT_SECONDS)
        return self.search(
            [("ticket_id", "=", ticket.id), ("seen_at", ">=", since)], order="id"
        ).user_id

    @api.autovacuum
    def _gc_absent(self):
        """Forget those whose browser went without a word."""
        since = fields.Datetime.now() - timedelta(seconds=PRESENT_SECONDS)
        self.search([("seen_at", "<", since)]).unlink()
