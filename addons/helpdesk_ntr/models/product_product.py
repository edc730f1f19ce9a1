from odoo import api, fields, models

from .res_partner import CARD_READERS


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "ntr.card.mixin"]

    ntr_ticket_count = fields.Integer(
        "Help Desk tickets", compute="_compute_ntr_ticket_count", groups=CARD_READERS
    )
    ntr_equipment_count = fields.Integer(
        "Units at clients", compute="_compute_ntr_equipment_count", groups=CARD_READERS
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ntr_ticket_count(self):
        self._compute_ntr_count("ntr.ticket", "product_id", "ntr_ticket_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ntr_equipment_count(self):
        self._compute_ntr_count("ntr.equipment", "product_id", "ntr_equipment_count")

    def action_view_ntr_tickets(self):
        """The tickets about this variant."""
        return self._get_ntr_action(
            "helpdesk_ntr.ntr_ticket_action",
            "product_id",
            {"default_product_id": self.id},
        )

    def action_view_ntr_equipment(self):
        """The units of this variant at clients."""
        return self._get_ntr_action(
            "helpdesk_ntr.ntr_equipment_action",
            "product_id",
            {"default_product_id": self.id},
        )
