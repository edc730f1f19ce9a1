from odoo import fields, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    ntr_audience = fields.Selection(
        [("client", "Client"), ("staff", "Staff"), ("supplier", "Supplier")],
        "For whom",
        readonly=True,
    )
    ntr_channel_id = fields.Many2one(
        "ntr.channel",
        "Came through",
        readonly=True,
        index="btree_not_null",
    )
    ntr_origin_id = fields.Many2one(
        "ntr.ticket",
        "Written in",
        readonly=True,
        index="btree_not_null",
        help="The merged ticket that this message came from, or was sent to.",
    )
