from odoo import models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from .ntr_ticket import MAX_SUBJECT
from .ntr_ticket_mail import HUMAN_TYPES


class NtrTicket(models.Model):
    """Another question in the same conversation becomes a ticket of its own (S92)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    def split(self, message_ids, name):
        """Take messages of this ticket, with their files, to a new one.

        :param list message_ids: ids of messages of this ticket that people wrote
        :param str name: subject of the new ticket
        :return: id of the new ticket
        :raises UserError: no messages, or not of this ticket
        """
        self.ensure_one()
        tickets = self._for_verb("split")
        self._check_subject(name)
        messages = tickets._find_messages_to_split(message_ids)
        return tickets.sudo()._split(messages, name.strip()).id

    def _find_messages_to_split(self, message_ids):
        """The messages that are meant: of this ticket, and said by somebody."""
        wanted = [it for it in message_ids or () if isinstance(it, int)]
        messages = self.env["mail.message"].search(
            [
                ("id", "in", wanted),
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("message_type", "in", HUMAN_TYPES),
            ],
            order="date, id",
        )
        if not messages or len(messages) != len(set(wanted)):
            raise UserError(
                self.env._(
                    "Choose messages of %s that somebody wrote: only those can become "
                    "a new ticket.",
                    self.number,
                )
            )
        if self.sudo().held_message_id in messages:
            raise UserError(
                self.env._(
                    "The last answer in %s is still on its way out. Split it off in a "
                    "minute, or take the answer back.",
                    self.number,
                )
            )
        return messages

    def _split(self, messages, name):
        """The new ticket, with the messages.

        :param messages: oldest first
        """
        messages = messages.sudo()
        said = messages.filtered(lambda it: not self._is_ours(it))
        ticket = self.with_context(ntr_mail_withheld=("acknowledge",))._create_tickets(
            [self._prepare_split_values(messages, said, name)]
        )
        messages.attachment_ids.filtered(
            lambda it: (it.res_model, it.res_id) == (self._name, self.id)
        ).write({"res_id": ticket.id})
        messages.write(
            {
                "res_id": ticket.id,
                "record_name": ticket.display_name,
                "ntr_origin_id": False,
            }
        )
        (self | ticket).invalidate_recordset(["message_ids"])
        ticket.message_subscribe(self.message_partner_ids.ids)
        self._register_event("split", reason=ticket.number)
        ticket._register_event("split", reason=self.number)
        return ticket

    def _prepare_split_values(self, messages, said, name):
        """Values of the new ticket.

        :param messages: what it takes along, oldest first
        :param said: those of them that the client wrote
        """
        first = (said or messages)[0]
        author = first.author_id if first in said else self.partner_id
        return {
            "name": name,
            "description": first.body,
            "partner_id": (author or self.partner_id).id,
            "email_from": self.email_from if not author else author.email,
            "team_id": self.team_id.id,
            "company_id": self.company_id.id,
            "line_id": self.line_id.id,
            "coordinator_id": self.coordinator_id.id,
            "is_confidential": self.is_confidential,
            "channel_id": (first.ntr_channel_id or self.channel_id).id,
            "equipment_id": self.equipment_id.id,
            "unanswered_since": said[:1].date or False,
        }

    def _get_split_subject(self, messages):
        """What the new ticket may be called: the first words of the first message."""
        for message in messages:
            text = html2plaintext(message.body or "").strip()
            if text:
                return text.splitlines()[0][:MAX_SUBJECT]
        return ""
