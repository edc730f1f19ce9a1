from odoo import fields, models


class NtrTicketKind(models.Model):
    _name = "ntr.ticket.kind"
    _description = "Kind of request"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="A stable name for imports and the API.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    cause_required = fields.Boolean(
        "Cause needed to solve",
        default=True,
        help="A ticket of this kind cannot be solved before its cause is named.",
    )
    in_scope = fields.Boolean(
        "In scope of contracts",
        default=True,
        help="Requests of this kind are what a service contract is for.",
    )
    description = fields.Text(translate=True)

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "This code is used by another kind."
    )
