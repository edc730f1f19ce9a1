from odoo import api, fields, models
from odoo.fields import Domain

from .ntr_ticket import STAFF


class NtrTicket(models.Model):
    """Staff sees who wants to join the conversation of a ticket."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    join_request = fields.Char(
        "Wants to join", compute="_compute_join_request", groups=STAFF
    )

    def _compute_join_request(self):
        senders = {}
        for journal in self._find_joins():
            senders.setdefault(journal.ticket_id.id, []).append(journal.email_from)
        for ticket in self:
            names = senders.get(ticket._origin.id)
            ticket.join_request = ticket._get_join_sentence(names) if names else False

    def _find_joins(self):
        """Mails that wait to join these tickets, whoever may read them."""
        domain = Domain("ticket_id", "in", self._origin.ids)
        domain &= Domain("state", "=", "join")
        journals = self.env["ntr.mail.journal"].sudo()
        return journals.search_fetch(domain, ["ticket_id", "email_from"], order="id")

    def _get_join_sentence(self, names):
        """What the form says of mails that wait.

        :param list names: senders as the mails have them
        """
        name = names[0] or self.env._("Somebody without an address")
        if len(names) == 1:
            return self.env._(
                "%s wrote to this conversation and has no part in it.", name
            )
        return self.env._(
            "%(name)s and others wrote to this conversation and have no part in it: "
            "%(count)s mails.",
            name=name,
            count=len(names),
        )

    def action_view_joins(self):
        """Button: the mails that wait to join this ticket."""
        self.ensure_one()
        self.check_access("read")
        journals = self._find_joins().sudo(False)
        action = journals._get_join_action()
        if len(journals) == 1:
            return dict(action, res_id=journals.id, views=[(False, "form")])
        return dict(action, domain=[("id", "in", journals.ids)])

    @api.model
    def _get_merge_links(self):
        return super()._get_merge_links() + [("ntr.mail.journal", "ticket_id")]
