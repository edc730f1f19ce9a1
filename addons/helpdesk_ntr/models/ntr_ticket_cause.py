from odoo import fields, models


class NtrTicketCause(models.Model):
    _name = "ntr.ticket.cause"
    _description = "Cause of a problem"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    team_ids = fields.Many2many(
        "ntr.team", string="Teams", help="Empty: the cause serves every team."
    )
    description = fields.Text(translate=True)
