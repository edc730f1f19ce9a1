from odoo import api, fields, models

# Who may read tickets and units of all clients, and so their numbers on a card
CARD_READERS = "helpdesk_ntr.group_engineer,helpdesk_ntr.group_finance"


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "ntr.card.mixin"]

    ntr_sees_company = fields.Boolean(
        "Sees all requests of the company",
        groups="helpdesk_ntr.group_dispatcher",
        help="On the portal this contact sees the requests of all colleagues, not "
        "only his own.",
    )
    ntr_ticket_count = fields.Integer(
        "Help Desk tickets",
        compute="_compute_ntr_ticket_count",
        groups=CARD_READERS,
    )
    ntr_equipment_count = fields.Integer(
        "Units",
        compute="_compute_ntr_equipment_count",
        groups=CARD_READERS,
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ntr_ticket_count(self):
        self._compute_ntr_count(
            "ntr.ticket", "commercial_partner_id", "ntr_ticket_count"
        )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ntr_equipment_count(self):
        self._compute_ntr_count(
            "ntr.equipment", "commercial_partner_id", "ntr_equipment_count"
        )

    def _get_ntr_counted_id(self):
        """The firm: its tickets and units stand on the cards of all its contacts."""
        return self.commercial_partner_id._origin.id

    def write(self, vals):
        result = super().write(vals)
        if "ntr_sees_company" in vals:
            # record rules of the portal read it and are cached
            self.env["ntr.cached.mixin"]._forget_cached()
        return result

    def action_view_ntr_tickets(self):
        """The tickets of this client."""
        return self._get_ntr_action(
            "helpdesk_ntr.ntr_ticket_action",
            "commercial_partner_id",
            {"default_partner_id": self.id},
        )

    def action_view_ntr_equipment(self):
        """The units of this client."""
        return self._get_ntr_action(
            "helpdesk_ntr.ntr_equipment_action",
            "commercial_partner_id",
            {"default_partner_id": self.id},
        )
