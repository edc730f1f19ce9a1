from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from .ntr_ticket_stage import ENDED_STATES
from .ntr_ticket_verbs import GROUP_DISPATCHER


class NtrTicket(models.Model):
    """Advertising that became a ticket: its sender is blocked."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_verb_groups(self, verb):
        if verb == "block_sender":
            return (GROUP_DISPATCHER,)
        return super()._get_verb_groups(verb)

    def block_sender(self, reason):
        """Block the senders of these tickets for their teams, and cancel the tickets.

        Further mails of such a sender wait in the incoming mail under "Spam", where a
        coordinator can release them.

        :param str reason: why, for colleagues; not empty
        :return: True
        :raises UserError: a ticket has no e-mail address, or it is a colleague's
        """
        tickets = self._for_verb("block_sender")
        reason = self._require_reason(reason)
        for ticket in tickets:
            ticket._block_sender(reason)
        tickets.filtered(lambda it: it.state not in ENDED_STATES)._cancel(
            reason, "spam"
        )
        return True

    def _block_sender(self, reason):
        address = email_normalize(self.email_from or "", strict=False)
        if not address:
            raise UserError(
                self.env._(
                    "%s has no e-mail address, so nobody can be blocked. Cancel it.",
                    self.number,
                )
            )
        # a dispatcher decides by this verb alone, not in the list of all rules
        self.env["ntr.mail.rule"].sudo()._decide(
            "block", address, self.team_id.sudo(), reason, ticket=self
        )
        self.message_post(
            body=self.env._(
                "Mails from %(address)s to %(team)s make no tickets any more: "
                "%(reason)s",
                address=address,
                team=self.team_id.name or self.company_id.name,
                reason=reason,
            ),
            subtype_xmlid="mail.mt_note",
        )
