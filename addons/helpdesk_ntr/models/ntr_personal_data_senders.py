from odoo import models
from odoo.tools import email_normalize


class NtrPersonalData(models.AbstractModel):
    """Mails of an erased person that made no ticket, and rules about his address."""

    _inherit = "ntr.personal.data"  # pylint: disable=consider-merging-classes-inherited

    def _forget_mail(self, partner, tickets):
        addresses = {email_normalize(it) for it in self._get_own_emails(partner)}
        rules = self.env["ntr.mail.rule"].sudo().with_context(active_test=False)
        rules.search([("pattern", "in", list(addresses - {False}))]).unlink()
        # as long as his address is known: such mails have no ticket that names him
        self._forget_raw_mails(partner, tickets)
        return super()._forget_mail(partner, tickets)
