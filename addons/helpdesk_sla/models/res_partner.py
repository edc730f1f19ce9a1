from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    ntr_contract_count = fields.Integer(
        "Service contracts",
        compute="_compute_ntr_contract_count",
        groups="helpdesk_ntr.group_engineer,helpdesk_ntr.group_finance",
    )

    def _compute_ntr_contract_count(self):
        self._compute_ntr_count(
            "ntr.contract", "commercial_partner_id", "ntr_contract_count"
        )

    def action_view_ntr_contracts(self):
        """The service contracts with this client or supplier."""
        return self._get_ntr_action(
            "helpdesk_sla.ntr_contract_action",
            "commercial_partner_id",
            {"default_partner_id": self.id},
        )
