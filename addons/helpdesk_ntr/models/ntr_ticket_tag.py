from random import randint

from odoo import fields, models


class NtrTicketTag(models.Model):
    _name = "ntr.ticket.tag"
    _description = "Ticket tag"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer(default=lambda self: self._default_color())
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint("UNIQUE(name)", "This tag exists already.")

    def _default_color(self):
        return randint(1, 11)
