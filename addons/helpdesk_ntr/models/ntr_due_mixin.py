import logging

from psycopg2 import InterfaceError

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class NtrDueMixin(models.AbstractModel):
    """Something is due with these records at a time that is stored on them.

    A scheduled action works off what is due, each record by itself: it is locked,
    looked at again, done and committed. Where somebody else is at work on a record,
    it is left for the next round; where it cannot be done at all, it is set aside
    with the reason, so that it keeps nobody waiting behind it.
    """

    _name = "ntr.due.mixin"
    _description = "Has something that falls due"

    @api.model
    def _work_off(self, domain, method, limit=100, order=None):
        """Do what is due, in a scheduled action.

        :param domain: what is due now; asked again once a record is locked
        :param str method: name of the private method that does it with one record
        :param int limit: how many records in this run; the scheduler comes back for
            the others
        :param str order: which come first, by default as the model orders
        """
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        for record in self.search(domain, limit=limit, order=order):
            is_dealt_with = record._try_due(domain, method)
            if not cron._commit_progress(1 if is_dealt_with else 0):
                break

    def _try_due(self, domain, method):
        """Do what is due with this record, unless somebody is at work on it.

        :return: whether it was dealt with; if not, it stays due
        """
        try:
            record = self._lock_due().filtered_domain(domain)
            if not record:
                return False
            record._do_due(method)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()
            return False
        return True

    def _lock_due(self):
        """Lock this record against everybody else; empty when somebody has it.

        A model adds what else must not change meanwhile.
        """
        return self.try_lock_for_update(allow_referencing=True)

    def _do_due(self, method):
        """Do it, or set the record aside with the reason why it cannot be done."""
        try:
            with self.env.cr.savepoint():
                getattr(self, method)()
        except (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, InterfaceError):
            # others are at work on it, or the server stops: it is not to blame
            raise
        except Exception as error:
            _logger.exception("%s of %s failed", method, self)
            self._set_due_aside(str(error) or type(error).__name__)

    def _set_due_aside(self, failure):
        """Keep this record out of what is due until a person has looked at it.

        :param str failure: why it could not be done
        """
        raise NotImplementedError
