from odoo import api, fields, models


class NtrCannedWording(models.Model):
    """Another wording of a canned answer, so that a client does not read the same
    words again and again (S119)."""

    _name = "ntr.canned.wording"
    _description = "Wording of a canned answer"
    _order = "sequence, id"
    _rec_name = "body"

    canned_response_id = fields.Many2one(
        "mail.canned.response",
        "Canned answer",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    body = fields.Text("Wording", required=True)

    @api.constrains("body")
    def _check_variables(self):
        for wording in self:
            wording.canned_response_id._refuse_unknown_variables(wording.body)
