from markupsafe import Markup

from odoo import api, fields, models


class NtrMacroWizard(models.TransientModel):
    """Choose a macro for tickets and see what it will do."""

    _name = "ntr.macro.wizard"
    _description = "Use a macro"

    ticket_ids = fields.Many2many("ntr.ticket", required=True)
    ticket_count = fields.Integer(compute="_compute_usable_ids")
    usable_ids = fields.Many2many("ntr.macro", compute="_compute_usable_ids")
    macro_id = fields.Many2one(
        "ntr.macro", required=True, domain="[('id', 'in', usable_ids)]"
    )
    description = fields.Text(related="macro_id.description")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("ticket_ids")
    def _compute_usable_ids(self):
        macros = self.env["ntr.macro"]
        for wizard in self:
            wizard.ticket_count = len(wizard.ticket_ids)
            wizard.usable_ids = macros.search(
                macros._get_usable_domain(wizard.ticket_ids._origin)
            )

    @api.depends("macro_id", "ticket_ids")
    def _compute_preview(self):
        for wizard in self:
            ticket = wizard.ticket_ids[:1]._origin
            text = wizard.macro_id and ticket and wizard.macro_id._render_answer(ticket)
            wizard.preview = Markup("%s") % (text or "")

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if "ticket_ids" in fields and self.env.context.get("active_ids"):
            defaults.setdefault("ticket_ids", self.env.context["active_ids"])
        return defaults

    def action_apply(self):
        """Use the macro on the tickets."""
        self.ensure_one()
        self.macro_id.apply(self.ticket_ids.ids)
        return {"type": "ir.actions.act_window_close"}
