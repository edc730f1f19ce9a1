from odoo import api, fields, models


class NtrContractReasonWizard(models.TransientModel):
    """Asks for the reason that a verb needs, and calls the verb."""

    _name = "ntr.contract.reason.wizard"
    _description = "Suspend or cancel contracts and say why"

    contract_ids = fields.Many2many("ntr.contract", required=True)
    verb = fields.Selection(
        [("suspend", "Suspend"), ("cancel", "Cancel")], required=True, readonly=True
    )
    reason = fields.Text(required=True)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if "contract_ids" in fields and self.env.context.get("active_ids"):
            defaults.setdefault("contract_ids", self.env.context["active_ids"])
        return defaults

    def action_apply(self):
        """Call the verb with what was written here."""
        self.ensure_one()
        if self.verb == "suspend":
            self.contract_ids.suspend(self.reason)
        else:
            self.contract_ids.cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
