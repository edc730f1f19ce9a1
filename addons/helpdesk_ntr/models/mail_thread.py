from odoo import api, models

from ..tools import mail_verdict

AUTOMATIC_VERDICT = "automatic"


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Tell the tickets on the way whether a person wrote this mail.

        Headers are known here and nowhere later; the flag can only keep a ticket
        from doing something, so that who sets it himself gains nothing.
        """
        if any(route[0] == "ntr.ticket" for route in routes or ()):
            verdict = mail_verdict.judge(message)
            if verdict.is_automatic:
                self = self.with_context(ntr_mail_verdict=AUTOMATIC_VERDICT)
        return super()._message_route_process(message, message_dict, routes)
