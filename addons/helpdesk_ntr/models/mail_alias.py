from odoo import models


class MailAlias(models.Model):
    _inherit = "mail.alias"

    def _alias_bounce_incoming_email(self, message, message_dict, set_invalid=True):
        """A client is never told that our mailbox does not work: his mail is in the
        journal, with the reason, and is dealt with by us."""
        # Odoo asks in another transaction, where the alias may not exist yet
        if not self.exists() or self.alias_model_id.model == "ntr.ticket":
            return None
        return super()._alias_bounce_incoming_email(
            message, message_dict, set_invalid=set_invalid
        )
