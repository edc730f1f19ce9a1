from odoo import api, models

from ..tools import mail_verdict


class MailThread(models.AbstractModel):
    """Mails that make no ticket by themselves are told from the others."""

    _inherit = "mail.thread"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _judge_mail(self, message):
        teams = self.env["ntr.team"]
        # asked only of the few mails that came through a list
        is_listed = bool(message.get("List-Id"))
        verdict = mail_verdict.judge(
            message,
            own_addresses=teams._get_own_addresses(),
            own_lists=teams._get_list_domains() if is_listed else (),
        )
        return self.env["ntr.mail.journal"]._get_current()._overrule(verdict)

    @api.model
    def _sift_routes(self, message, message_dict, routes, verdict):
        routes = super()._sift_routes(message, message_dict, routes, verdict)
        journal = self.env["ntr.mail.journal"]._get_current()
        if not journal or journal.released_by_id:
            return routes
        return journal._sift_routes(message_dict.get("email_from"), routes, verdict)

    @api.model
    def _detect_is_bounce(self, message, message_dict):
        """Odoo takes a read receipt for a mail that did not arrive."""
        return super()._detect_is_bounce(
            message, message_dict
        ) and not mail_verdict.is_receipt(message)
