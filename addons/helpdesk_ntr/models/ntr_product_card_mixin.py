from odoo import api, fields, models

from .res_partner import CARD_READERS


class NtrProductCardMixin(models.AbstractModel):
    """The card of a product or of a variant: its tickets and its units at clients."""

    _name = "ntr.product.card.mixin"
    _description = "Card of a product with counters of the help desk"
    _inherit = "ntr.card.mixin"

    # The field of tickets and units that leads to this card.
    _ntr_path = "product_id"

    ntr_ticket_count = fields.Integer(
        "Help Desk tickets", compute="_compute_ntr_ticket_count", groups=CARD_READERS
    )
    ntr_equipment_count = fields.Integer(
        "Units at clients", compute="_compute_ntr_equipment_count", groups=CARD_READERS
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ntr_ticket_count(self):
        self._compute_ntr_count("ntr.ticket", self._ntr_path, "ntr_ticket_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ntr_equipment_count(self):
        self._compute_ntr_count("ntr.equipment", self._ntr_path, "ntr_equipment_count")

    def action_view_ntr_tickets(self):
        """The tickets about this product."""
        return self._get_ntr_product_action("helpdesk_ntr.ntr_ticket_action")

    def action_view_ntr_equipment(self):
        """The units of this product at clients."""
        return self._get_ntr_product_action("helpdesk_ntr.ntr_equipment_action")

    def _get_ntr_product_action(self, xmlid):
        return self._get_ntr_action(
            xmlid,
            self._ntr_path,
            {"default_product_id": self._get_ntr_variant().id},
        )

    def _get_ntr_variant(self):
        """The variant that a new ticket or unit is about."""
        return self
