from odoo import fields, models

from odoo.addons.mail.tools.discuss import Store


class MailMessage(models.Model):
    """What a program wrote in a ticket is folded, where colleagues read it."""

    _inherit = "mail.message"  # pylint: disable=consider-merging-classes-inherited

    ntr_verdict = fields.Char(
        "Automatic",
        readonly=True,
        groups="base.group_user",
        help="What kind of automatic mail it is; empty: a person wrote it.",
    )

    def _to_store_defaults(self, target):
        # sudo: whoever reads the message sees that no person wrote it
        verdict = Store.Attr(
            "ntr_verdict",
            value=lambda message: message.sudo().ntr_verdict,
            predicate=lambda message: target.is_internal(self.env)
            and message.sudo().ntr_verdict,
        )
        return [*super()._to_store_defaults(target), verdict]
