from odoo import api, fields, models


class NtrSupportLine(models.Model):
    _name = "ntr.support.line"
    _description = "Support line"
    _inherit = ["ntr.cached.mixin", "mail.thread"]
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
        index="btree_not_null",
        domain=[("share", "=", False)],
        help="Accountable for the tickets of this line that nobody has taken.",
    )
    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working hours",
        help="Empty: the working hours of the team.",
    )

    # What it serves; nothing chosen means everything
    region_ids = fields.Many2many(
        "res.country.state",
        string="Regions",
        help="The line serves clients of these regions. Empty: of any.",
    )
    category_ids = fields.Many2many(
        "ntr.ticket.category",
        string="Services",
        help="The line serves requests of these categories and what is below them. "
        "Empty: of any.",
    )
    stage_ids = fields.Many2many(
        "ntr.ticket.stage",
        string="Stages of work",
        help="A ticket that is moved to one of these stages goes to this line.",
    )

    # What its members may do besides; coordinators may all of it
    may_close = fields.Boolean(
        "May close", help="Close solved tickets without the client's word."
    )
    may_reopen = fields.Boolean("May reopen", default=True)
    may_merge = fields.Boolean("May merge", default=True)
    may_see_history = fields.Boolean(
        "May see history",
        default=True,
        help="Read the course of events, and the conversation of ended tickets.",
    )

    @api.depends("name", "team_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                f"{line.team_id.name}: {line.name}" if line.team_id else line.name
            )
