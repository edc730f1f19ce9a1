from odoo import api, fields, models

from ..tools import mail_repair, mail_verdict


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_parse(self, message, save_original=False):
        """A mail that breaks the rules is read too: one that raises here is lost."""
        mail_repair.repair(message)
        values = super().message_parse(message, save_original=save_original)
        if not self._is_storable_date(values.get("date")):
            del values["date"]
        return values

    @api.model
    def _is_storable_date(self, date):
        """Whether a date of a mail, as text, is one; years before 1000 are none."""
        try:
            fields.Datetime.to_datetime(date)
        except ValueError:
            return False
        return True

    @api.model
    def _detect_is_bounce(self, message, message_dict):
        """Delivery reports of all forms; Odoo itself knows the two most usual."""
        return super()._detect_is_bounce(
            message, message_dict
        ) or mail_verdict.is_report(message)

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
