from odoo import fields, models
from odoo.exceptions import UserError


class NtrTicket(models.Model):
    """Opening again what was done: by whom, how long, how often (S91-S94)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------
    # Verb
    # ------------------------------------------------------------

    def reopen(self, reason):
        """Open ended or solved tickets again.

        The team's rules bind clients; a colleague with the right may always.

        :param str reason: why; not empty
        :return: True
        :raises UserError: the team's rules leave no reopening to the client
        """
        if self._is_for_client():
            return self._decide_as_client("reopen", reason)
        tickets = self._for_verb("reopen")
        reason = self._require_reason(reason)
        tickets._require_state(
            ("solved", "closed", "cancelled"),
            self.env._("%s is open, there is nothing to reopen."),
        )
        return tickets._reopen(reason=reason)

    def _reopen(self, **event_values):
        return self._move_each(
            "reopened", "open", lambda it: it._get_reopen_values(), **event_values
        )

    def _get_reopen_values(self):
        return {
            "solved_at": False,
            "closed_at": False,
            "close_warning_at": False,
            "close_due_at": False,
            "reopen_count": self.sudo().reopen_count + 1,
        }

    # ------------------------------------------------------------
    # The team's rules
    # ------------------------------------------------------------

    def _is_reopenable(self):
        """Whether a client's word opens this ticket again."""
        return not self._get_reopen_refusal()

    def _require_reopenable(self):
        for ticket in self:
            refusal = ticket._get_reopen_refusal()
            if refusal:
                raise UserError(refusal)

    def _get_reopen_refusal(self):
        """Why a client's word does not open this ticket again.

        :return: a sentence for the client, None where it does
        """
        self.ensure_one()
        team = self.team_id.sudo()
        if self.state not in ("solved", "closed") or team.reopen_policy == "never":
            return self.env._(
                "%s cannot be opened again. Please send a new request; we see the old "
                "one beside it.",
                self.number,
            )
        if team.reopen_limit and self.sudo().reopen_count >= team.reopen_limit:
            return self.env._(
                "%s was opened again too many times already. Please send a new "
                "request; we see the old one beside it.",
                self.number,
            )
        if self.state == "closed" and not self._is_in_reopen_window():
            return self.env._(
                "%s was closed too long ago to be opened again. Please send a new "
                "request; we see the old one beside it.",
                self.number,
            )
        return None

    def _is_in_reopen_window(self):
        """Whether this closed ticket was closed recently enough."""
        team = self.team_id.sudo()
        if team.reopen_policy != "window" or not self.closed_at:
            return False
        last = team._add_working_days(self.closed_at, team.reopen_days)
        return not last or fields.Datetime.now() <= last

    # ------------------------------------------------------------
    # A client's message
    # ------------------------------------------------------------

    def _on_message_after_solving(self, message):
        """A message opens the ticket again, or starts a new one that continues it."""
        if self._is_reopenable():
            self._reopen_by_message(message)
        else:
            self._continue_in_new_ticket(message)

    def _reopen_by_message(self, message):
        self._reopen(actor_id=message.author_id.id, message_id=message.id)
        self._write_values({"unanswered_since": fields.Datetime.now()})
        self._tell_staff(
            "helpdesk_ntr.mail_template_client_wrote", self.accountable_id.partner_id
        )

    def _continue_in_new_ticket(self, message):
        """A new ticket that continues this one, with the client's message."""
        ticket = self._create_tickets([self._prepare_next_ticket_values(message)])
        message.sudo().write({"res_id": ticket.id, "record_name": ticket.display_name})
        message.attachment_ids.sudo().write({"res_id": ticket.id})
        return ticket

    def _prepare_next_ticket_values(self, message):
        """Values of the ticket that continues this one.

        :param message: the client's ``mail.message``
        """
        return {
            "name": self.name,
            "description": message.body,
            "partner_id": self.partner_id.id,
            "email_from": self.email_from,
            "team_id": self.team_id.id,
            "company_id": self.company_id.id,
            "channel_id": message.ntr_channel_id.id,
            "kind_id": self.kind_id.id,
            "category_id": self.category_id.id,
            "equipment_id": self.equipment_id.id,
            "previous_id": self.id,
        }
