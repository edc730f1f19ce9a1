from odoo import api, models

from ..tools import mail_verdict


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Tell the tickets on the way what this mail may not bring about.

        Headers are known here and nowhere later. The flag only withholds, so that
        a caller of the API who sets it himself gains nothing.
        """
        if any(route[0] == "ntr.ticket" for route in routes or ()):
            verdict = mail_verdict.judge(
                message, own_addresses=self.env["ntr.team"]._get_own_addresses()
            )
            withheld = {
                "answer": not verdict.counts_as_answer,
                "acknowledge": not verdict.may_acknowledge,
                "reopen": not verdict.may_reopen,
            }
            self = self.with_context(
                ntr_mail_withheld=tuple(name for name in withheld if withheld[name]),
                # Scheduled actions leave mail to the queue, which goes out once an
                # hour: too late for whoever waits for this client's word.
                mail_notify_force_send=True,
            )
        return super()._message_route_process(message, message_dict, routes)
