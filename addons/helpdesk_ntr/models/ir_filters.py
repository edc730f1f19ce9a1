from odoo import api, fields, models


class IrFilters(models.Model):
    _inherit = "ir.filters"

    ntr_group_ids = fields.Many2many(
        "res.groups",
        "ntr_ir_filters_group_rel",
        string="Roles",
        help="Only people with one of these roles see the filter among their "
        "favourites. Empty: no role is asked for.",
    )

    @api.model
    def get_filters(
        self,
        model,
        action_id=None,
        embedded_action_id=None,
        embedded_parent_res_id=None,
    ):
        """Leave out what is meant for other roles (S122); see the super method."""
        filters = super().get_filters(
            model,
            action_id=action_id,
            embedded_action_id=embedded_action_id,
            embedded_parent_res_id=embedded_parent_res_id,
        )
        mine = self.env.user.all_group_ids
        shown = (
            self.sudo()
            .browse([values["id"] for values in filters])
            .filtered(lambda it: not it.ntr_group_ids or it.ntr_group_ids & mine)
        )
        return [values for values in filters if values["id"] in shown.ids]
