from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .ntr_ticket_verbs import GROUP_DISPATCHER

STAFF = "base.group_user"


class NtrTicket(models.Model):
    """An answer to the client is held back for some seconds and can be undone.

    Odoo's own schedule of notifications keeps it: the message stands in the ticket at
    once, and the client neither gets nor sees it before it goes out. Who undoes deletes
    the row of the schedule, who sends deletes it too, so one alone comes through.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    held_message_id = fields.Many2one(
        "mail.message",
        "Answer held back",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups=STAFF,
    )
    held_until = fields.Datetime("Goes out at", readonly=True, copy=False, groups=STAFF)
    held_before = fields.Json(
        readonly=True,
        copy=False,
        groups=STAFF,
        help="What the answer changed, to be put back when it is undone.",
    )

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {
            "held_message_id",
            "held_until",
            "held_before",
        }

    # ------------------------------------------------------------
    # Holding back
    # ------------------------------------------------------------

    def _on_reply(self, message):
        before = {
            name: fields.Datetime.to_string(self.sudo()[name])
            for name in ("unanswered_since", "first_response_at")
        }
        result = super()._on_reply(message)
        if self.sudo().team_id.undo_seconds and message.message_type == "comment":
            self.sudo()._write_values({"held_before": before})
        return result

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        seconds = self._get_undo_seconds(message, kwargs)
        if not seconds:
            return super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        until = fields.Datetime.now() + timedelta(seconds=seconds)
        kwargs["scheduled_date"] = until
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        self._hold_back(message, until)
        return recipients

    def _get_undo_seconds(self, message, options):
        """How long this message is held back; 0: it goes out at once.

        :param dict options: how it is notified; what is sent now or was given a time
            of its own is not held back
        """
        if not self or {"scheduled_date", "skip_existing"} & options.keys():
            return 0
        is_answer = self._is_answer(message)
        return self.sudo().team_id.undo_seconds if is_answer else 0

    def _hold_back(self, message, until):
        """Keep a message from the client until then, if anybody is to get it."""
        schedule = self.env["mail.message.schedule"].sudo()
        if not schedule.search_count([("mail_message_id", "=", message.id)], limit=1):
            return
        message.sudo().is_internal = True
        self.sudo()._write_values({"held_message_id": message.id, "held_until": until})

    @api.model
    def _let_go(self, messages):
        """These answers go out: their clients may see them now."""
        messages.is_internal = False
        tickets = self.search([("held_message_id", "in", messages.ids)])
        tickets._write_values(
            {"held_message_id": False, "held_until": False, "held_before": False}
        )

    # ------------------------------------------------------------
    # Undoing
    # ------------------------------------------------------------

    def action_undo_answer(self):
        """Button: take the answer that is held back out of the ticket again.

        Its words stay in the ledger. Who wrote it may do that, and a dispatcher.

        :raises UserError: it has gone out, or another colleague wrote it
        """
        self.ensure_one()
        ticket_sudo = self._for_verb("undo_answer").sudo()
        message = ticket_sudo.held_message_id
        schedule = self.env["mail.message.schedule"].sudo()
        schedule = schedule.search([("mail_message_id", "=", message.id)])
        if not message or not schedule.try_lock_for_update():
            raise UserError(self.env._("The answer has gone out already."))
        is_own = message.author_id == self.env.user.partner_id
        if not is_own and not self.env.user.has_group(GROUP_DISPATCHER):
            raise UserError(
                self.env._(
                    "Only %s or a dispatcher can undo it.", message.author_id.name
                )
            )
        ticket_sudo._withdraw(message)
        schedule.unlink()
        # the chatter that shows it drops it
        self.env.user._bus_send("mail.message/delete", {"message_ids": message.ids})
        message.unlink()

    def _withdraw(self, message):
        """Put back what this answer changed, and enter that into the ledger."""
        before = self.held_before or {}
        vals = {"held_message_id": False, "held_until": False, "held_before": False}
        if before.get("unanswered_since"):
            vals["unanswered_since"] = before["unanswered_since"]
        if not before.get("first_response_at"):
            vals["first_response_at"] = False
        words = self._get_events().filtered(lambda it: it.message_id == message)
        self._write_logged(
            "reply_withdrawn",
            vals,
            audience="staff",
            reason=words[:1]._get_words() or False,
        )
        is_asked = self.state == "waiting" and self.waiting_on == "client"
        if is_asked and self.waiting_since >= message.create_date:
            self._resume()
