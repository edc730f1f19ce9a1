from odoo import api, fields, models


class NtrTicketCategory(models.Model):
    _name = "ntr.ticket.category"
    _description = "Ticket category"
    _parent_store = True
    _order = "sequence, name, id"
    _rec_name = "complete_name"

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        compute="_compute_complete_name", recursive=True, search="_search_complete_name"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one("ntr.ticket.category", index=True, ondelete="restrict")
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("ntr.ticket.category", "parent_id")
    team_ids = fields.Many2many(
        "ntr.team", string="Teams", help="Empty: the category serves every team."
    )

    @api.depends("name", "parent_id.complete_name")
    @api.depends_context("lang")
    def _compute_complete_name(self):
        for category in self:
            parent = category.parent_id.complete_name
            category.complete_name = (
                f"{parent} / {category.name}" if parent else category.name
            )

    def _search_complete_name(self, operator, value):
        return [("name", operator, value)]
