from datetime import timedelta
from unittest.mock import patch

from psycopg2 import errors

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import HelpdeskCase

CLOSE = "helpdesk_ntr.ir_cron_close_solved"
LOGGER = "odoo.addons.helpdesk_ntr.models.ntr_due_mixin"


@tagged("post_install", "-at_install")
class TestDue(HelpdeskCase):
    """What scheduled actions do with one record after the other."""

    def _due(self):
        ticket = self._solved()
        ticket._write_values(
            {
                "close_warning_at": False,
                "close_due_at": fields.Datetime.now() - timedelta(days=1),
            }
        )
        return ticket

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref(CLOSE).method_direct_trigger()
        self.env.invalidate_all()

    def _fail_for(self, ticket, error):
        """Closing that ticket raises; closing the others works."""
        close = type(ticket)._close

        def fail(records, **values):
            if ticket in records:
                raise error
            return close(records, **values)

        return patch.object(type(ticket), "_close", fail)

    def test_concurrency_leaves_one_due_and_goes_on(self):
        busy, other = self._due(), self._due()
        with self._fail_for(busy, errors.SerializationFailure("concurrent update")):
            self._run()
        self.assertEqual((busy.state, other.state), ("solved", "closed"))
        self.assertFalse(busy.due_failure, "it is not broken, only busy")
        self._run()
        self.assertEqual(busy.state, "closed")
        self.assertEqual(self._types(busy).count("closed"), 1)

    def test_failure_is_set_aside_and_goes_on(self):
        broken, other = self._due(), self._due()
        with (
            self._fail_for(broken, ValueError("no such stage")),
            mute_logger(LOGGER),
        ):
            self._run()
        self.assertEqual((broken.state, other.state), ("solved", "closed"))
        self.assertEqual(broken.due_failure, "no such stage")
        self._run()
        self.assertEqual(broken.state, "solved", "it waits for a person")

    def test_set_aside_is_tried_again_by_the_coordinator(self):
        ticket = self._due()
        ticket._set_due_aside("no such stage")
        with self.assertRaises(AccessError):
            ticket.with_user(self.dispatcher).action_retry_due()
        ticket.with_user(self.coordinator).action_retry_due()
        self._run()
        self.assertEqual(ticket.state, "closed")

    def test_new_state_forgets_the_failure(self):
        ticket = self._due()
        ticket._set_due_aside("no such stage")
        ticket.with_user(self.engineer).reject_solution("Still broken")
        self.assertFalse(ticket.due_failure)

    def test_failure_is_not_written_by_hand(self):
        ticket = self._due()
        with self.assertRefused("Set aside"):
            ticket.with_user(self.coordinator).write({"due_failure": "x"})
