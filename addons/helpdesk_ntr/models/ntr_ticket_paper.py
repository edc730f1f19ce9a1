from odoo import Command, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, html2plaintext
from odoo.tools.misc import format_datetime

from .ntr_ticket_mail import HUMAN_TYPES

CHOICE_LENGTH = 60


class NtrTicket(models.Model):
    """Answers as letters on the firm's letterhead."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    def action_print_letter(self):
        """Print our answer to the client; of several, ask which.

        :return: the action that prints, or that asks
        :raises UserError: nobody of us has answered yet
        """
        self.ensure_one()
        answers = self._get_answers()
        if not answers:
            raise UserError(self._get_letter_refusal())
        if len(answers) > 1:
            return self._get_letter_choice(answers)
        return self._get_letter_action(answers)

    def _get_letter_action(self, message):
        """The action that prints one answer of this ticket."""
        report = self.env.ref("helpdesk_ntr.ntr_ticket_letter_report")
        data = {"ticket_id": self.id, "message_id": message.id}
        return report.report_action(self, data=data, config=False)

    def _get_letter_refusal(self):
        return self.env._(
            "Nobody of us has answered %s yet, so there is no letter to print.",
            self.number,
        )

    def _get_answers(self):
        """What people of ours wrote to the client, the oldest first."""
        self.ensure_one()
        self.check_access("read")
        messages = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("ntr_audience", "=", "client"),
                ("message_type", "in", HUMAN_TYPES),
            ],
            order="date, id",
        )
        return messages.filtered(self._is_ours)

    def _prepare_letter(self, message=None):
        """What stands in the letter with one answer, in the client's language.

        :param message: one of the answers; None takes the last
        :raises UserError: nobody of us has answered yet
        :raises AccessError: that message is no answer of this ticket
        """
        answers = self._get_answers()
        if not answers:
            raise UserError(self._get_letter_refusal())
        message = message or answers[-1]
        if message not in answers:
            raise AccessError(
                self.env._(
                    "Only what we wrote to the client of %s is printed as a letter.",
                    self.number,
                )
            )
        ticket = self.with_context(lang=self.lang, tz=self._get_letter_tz())
        at, asked_at = (
            fields.Datetime.context_timestamp(ticket, moment).date()
            for moment in (message.date, self.create_date)
        )
        return {
            "ticket": ticket,
            "message": message,
            "lang": self.lang,
            "number": f"{self.number}/{answers.ids.index(message.id) + 1}",
            "date": format_date(self.env, at, self.lang, "long"),
            "asked_on": format_date(self.env, asked_at, self.lang, "long"),
            "author": message.author_id.sudo(),
            "attachments": message.attachment_ids,
        }

    def _get_letter_tz(self):
        """Letters bear the date that it was with us."""
        calendar = self.team_id.sudo()._get_calendar()
        return calendar.tz or self.env.user.tz or "UTC"

    def _get_letter_choice(self, answers):
        """The action that asks which of these answers is printed, the last first."""
        wizard = self.env["ntr.ticket.letter.wizard"].create(
            {
                "ticket_id": self.id,
                "line_ids": [
                    Command.create(
                        {
                            "message_id": message.id,
                            "name": self._get_letter_title(message),
                        }
                    )
                    for message in reversed(answers)
                ],
            }
        )
        wizard.answer_id = wizard.line_ids[:1]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_ntr.ntr_ticket_letter_action"
        )
        return dict(action, res_id=wizard.id)

    def _get_letter_title(self, message):
        """When, who and what an answer begins with, for whoever chooses among them."""
        return "{}, {}: {}".format(
            format_datetime(self.env, message.date, dt_format="short"),
            message.author_id.name,
            self._get_beginning(message.body),
        )

    def _get_beginning(self, body):
        text = " ".join(html2plaintext(body or "").split())
        if len(text) <= CHOICE_LENGTH:
            return text
        return text[:CHOICE_LENGTH].rstrip() + "…"
