import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class NtrNotice(models.Model):
    """A letter that is due: written where it must be cheap and sure, sent later.

    A row goes away when its letter is posted; one that fails stays, with the reason.
    """

    _name = "ntr.notice"
    _description = "Letter due to a client"
    _order = "due_at, id"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("ntr.ticket", required=True, ondelete="cascade")
    template_id = fields.Many2one("mail.template", required=True, ondelete="cascade")
    due_at = fields.Datetime(required=True)
    failure = fields.Text(help="Why the letter could not be made.")

    _due_idx = models.Index("(due_at, id) WHERE failure IS NULL")
    _ticket_idx = models.Index("(ticket_id)")

    @api.model
    def _schedule(self, vals_list):
        """Note letters down and wake the scheduled action up.

        :param list vals_list: ``ticket_id``, ``template_id`` and optionally
            ``due_at`` (naive UTC, now) of each letter
        """
        if not vals_list:
            return self
        now = fields.Datetime.now()
        notices = self.create([{"due_at": now, **vals} for vals in vals_list])
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "helpdesk_ntr.ir_cron_send_notices"
        )
        self.env["ir.cron"].browse(cron_id)._trigger(set(notices.mapped("due_at")))
        return notices

    @api.model
    def _get_due_domain(self):
        return [("due_at", "<=", fields.Datetime.now()), ("failure", "=", False)]

    @api.model
    def _cron_send(self, limit=100):
        """Post the letters that are due, each once, in batches that can be cut off."""
        domain = self._get_due_domain()
        self.env["ir.cron"]._commit_progress(remaining=self.search_count(domain))
        for notice in self.search(domain, limit=limit):
            is_dealt_with = notice._try_send(domain)
            if not self.env["ir.cron"]._commit_progress(1 if is_dealt_with else 0):
                break

    def _try_send(self, domain):
        """Post the letter, unless somebody is at work on its ticket right now.

        :return: whether it was dealt with; if not, it stays due
        """
        try:
            notice = self.try_lock_for_update().filtered_domain(domain)
            tickets = notice.ticket_id.try_lock_for_update(allow_referencing=True)
            if not tickets:
                return False
            notice._send()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()
            return False
        return True

    def _send(self):
        """Post the letter; one that cannot be made is set aside with its reason."""
        try:
            with self.env.cr.savepoint():
                self.ticket_id._post_letter(self.template_id)
                self.unlink()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.exception("The letter for ticket %s failed", self.ticket_id.number)
            self.failure = str(error)
