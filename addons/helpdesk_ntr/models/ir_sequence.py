import re

from odoo import api, models, tools

LETTERS = re.compile(r"[^\W\d_]+")


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    @tools.ormcache()
    def _get_ntr_letters(self):
        """The letters that numbers of tickets begin with; every mail is read for
        them."""
        sequences = self.sudo().search([("code", "=", "ntr.ticket")])
        found = [LETTERS.match(it.prefix or "") for it in sequences]
        return tuple({it[0] for it in found if it})

    @api.model_create_multi
    def create(self, vals_list):
        sequences = super().create(vals_list)
        sequences._forget_ntr_letters()
        return sequences

    def write(self, vals):
        result = super().write(vals)
        if {"prefix", "code", "active"} & vals.keys():
            self._forget_ntr_letters()
        return result

    def _forget_ntr_letters(self):
        if "ntr.ticket" in self.mapped("code"):
            self.env["ntr.cached.mixin"]._forget_cached()
