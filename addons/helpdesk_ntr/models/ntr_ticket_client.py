from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError

from .ntr_ticket import STAFF


class NtrTicket(models.Model):
    """What is known and decided about the client of a ticket (S201, S223)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    client_mark = fields.Selection(
        related="commercial_partner_id.ntr_client_mark", groups=STAFF
    )
    client_note = fields.Text(
        related="commercial_partner_id.ntr_client_note", groups=STAFF
    )

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        if self._is_registered_by_person():
            tickets._check_client_may_ask()
        return tickets

    def write(self, vals):
        is_kind_changed = "kind_id" in vals and any(
            ticket.kind_id.id != vals["kind_id"] for ticket in self
        )
        result = super().write(vals)
        if is_kind_changed and self._is_registered_by_person():
            self._check_client_may_ask(only_kind=True)
        return result

    @api.model
    def _is_registered_by_person(self):
        """Whether somebody registers who can be told what is wrong.

        Mail, and what else must never get lost, comes in as the superuser.
        """
        return self.env.uid != SUPERUSER_ID

    def _check_client_may_ask(self, only_kind=False):
        """Refuse what the client is not allowed to ask for.

        :param bool only_kind: the team is not looked at, because tickets may be handed
            to any of our teams once they are here
        """
        for ticket in self:
            team = ticket.team_id.browse() if only_kind else ticket.team_id
            refusal = ticket.partner_id._get_ntr_refusal(team, ticket.kind_id)
            if refusal:
                raise ValidationError(refusal)

    def _on_created(self):
        result = super()._on_created()
        self._note_not_allowed()
        return result

    def _note_not_allowed(self):
        """What came in without asking us stays, with a word to whoever sorts it."""
        for ticket in self.sudo():
            partner = ticket.partner_id
            if not partner.commercial_partner_id.ntr_is_restricted:
                continue
            lang = ticket.coordinator_id.lang or ticket.company_id.partner_id.lang
            refusal = partner.with_context(lang=lang)._get_ntr_refusal(
                ticket.team_id, ticket.kind_id
            )
            if refusal:
                ticket.message_post(body=refusal)
