from odoo import api, fields, models


class NtrSupportLine(models.Model):
    _name = "ntr.support.line"
    _description = "Support line"
    _inherit = ["mail.thread"]
    _order = "team_id, level, sequence, id"
    _rec_names_search = ["name", "team_id.name"]

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    team_id = fields.Many2one("ntr.team", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="team_id.company_id", store=True)
    level = fields.Selection(
        [("1", "First line"), ("2", "Second line"), ("3", "Third line")],
        required=True,
        default="1",
        help="The first line receives and classifies; the second and third are "
        "specialists.",
    )
    member_ids = fields.Many2many(
        "res.users",
        string="Members",
        domain=[("share", "=", False)],
    )
    manager_id = fields.Many2one(
        "res.users",
        tracking=True,
        domain=[("share", "=", False)],
        help="Accountable for the tickets of this line that nobody has taken.",
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working hours",
        help="Empty: the working hours of the team.",
    )

    @api.depends("name", "team_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                f"{line.team_id.name}: {line.name}" if line.team_id else line.name
            )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
