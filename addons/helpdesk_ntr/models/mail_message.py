from email.utils import parseaddr

from odoo import fields, models

from odoo.addons.mail.tools.discuss import Store


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

    ntr_sender_doubt = fields.Char(
        "What speaks against the sender",
        readonly=True,
        groups="base.group_user",
    )

    def _to_store_defaults(self, target):
        """Colleagues see in which merged ticket a message was written, and when the
        sender may be somebody else."""
        # sudo: the number of a ticket is no secret to whoever reads the message
        origin = Store.Attr(
            "ntr_origin",
            value=lambda message: message.sudo().ntr_origin_id.number,
            predicate=lambda message: target.is_internal(self.env)
            and message.sudo().ntr_origin_id,
        )
        doubt = Store.Attr(
            "ntr_sender_doubt",
            value=lambda message: message.sudo().ntr_sender_doubt,
            predicate=lambda message: target.is_internal(self.env)
            and message.sudo().ntr_sender_doubt,
        )
        return [*super()._to_store_defaults(target), origin, doubt]

    def _portal_message_format(self, properties_names, options=None):
        """On the portal too a letter without an author, which nobody of us has written
        himself, names its sender; Odoo shows it as written by nobody."""
        vals_list = super()._portal_message_format(properties_names, options=options)
        for message, values in zip(self.sudo(), vals_list, strict=True):
            if message.model == "ntr.ticket" and not message.author_id:
                name, address = parseaddr(message.email_from or "")
                values.update({"author_id": False, "email_from": name or address})
        return vals_list
