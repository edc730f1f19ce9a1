from odoo import models
from odoo.exceptions import AccessError
from odoo.tools import format_datetime, html2plaintext, is_html_empty
from odoo.tools.mail import parse_contact_from_email

from ..tools import canned_text


class NtrTicket(models.Model):
    """Canned answers in a ticket, and what is said of an answer before it goes out."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    def _check_answering(self):
        """Refuse clients, and whoever may not read this one ticket."""
        self.ensure_one()
        self.check_access("read")
        if self.env.user.share and not self.env.su:
            raise AccessError(self._get_verb_refusal())

    # ------------------------------------------------------------
    # Canned answers
    # ------------------------------------------------------------

    def get_canned_answers(self):
        """What ``::`` offers the user in this ticket (S118, S119).

        :return: list of ``{"id", "source", "substitution"}`` by shortcut: the text is
            filled in for this ticket, in the wording whose turn it is for its client
        :raises AccessError: the user may not read the ticket, or is a client
        """
        self._check_answering()
        canned = self.env["mail.canned.response"]
        domain = canned._get_ntr_domain(self.sudo().team_id)
        answers = canned.search(domain, order="source, id")
        texts = answers._render_for(self, self.env.user.partner_id)
        return [
            {"id": answer.id, "source": answer.source, "substitution": texts[answer]}
            for answer in answers
            if texts[answer]
        ]

    def _get_canned_values(self, author):
        """What the variables of texts to the client mean in this ticket.

        :param author: ``res.partner`` who writes
        :return: {key of ``canned_text.VARIABLES``: text in the client's language}
        """
        ticket_sudo = self.sudo()
        ticket_sudo = ticket_sudo.with_context(lang=ticket_sudo.lang)
        person = ticket_sudo._get_client_person()
        firm = ticket_sudo.commercial_partner_id
        return {
            "client": person or ticket_sudo.partner_id.name or "",
            "first_name": canned_text.get_first_name(person),
            "courteous_name": canned_text.get_first_name(person, with_patronymic=True),
            "firm": firm.name if firm.is_company else "",
            "number": ticket_sudo.number,
            "subject": ticket_sudo.name,
            "unit": ticket_sudo.equipment_id.display_name or "",
            "executor": ticket_sudo.user_id.name or "",
            "team": ticket_sudo.team_id.name or "",
            "deadline": ticket_sudo._format_deadline(),
            "my_name": author.sudo().name or "",
        }

    def _get_client_person(self):
        """The name of the person who asks: a firm is not addressed by its name."""
        if self.partner_id:
            return "" if self.partner_id.is_company else self.partner_id.name
        name, __ = parse_contact_from_email(self.email_from or "")
        return "" if "@" in name else name

    def _format_deadline(self):
        """When the client was promised a solution, as he reads it; or nothing."""
        deadline = self._get_deadline()
        zone = self.partner_id.tz or self.team_id._get_calendar().tz or "UTC"
        return deadline and format_datetime(
            self.env, deadline, tz=zone, dt_format="d MMMM y, HH:mm"
        )

    def _on_canned_answers(self, message, answer_ids):
        """Canned answers went out: the next time the client gets another wording.

        :param message: the ``mail.message`` that was posted
        :param list answer_ids: ids of ``mail.canned.response`` as the browser sends
            them; what the user does not have is left out
        """
        if message.sudo().ntr_audience != "client" or not self.env.user._is_internal():
            return
        ids = [it for it in answer_ids if isinstance(it, int)]
        answers = self.env["mail.canned.response"].search([("id", "in", ids)])
        answers._register_use(self.sudo().commercial_partner_id)

    # ------------------------------------------------------------
    # Asking for data
    # ------------------------------------------------------------

    def _get_question(self):
        """The canned answer that the question to the client begins with: of the
        category, else of the team.

        :return: ``mail.canned.response``, may be empty
        """
        ticket_sudo = self.sudo()
        return (
            ticket_sudo.category_id._get_inherited("question_id")
            or ticket_sudo.team_id.question_id
        )

    def _get_question_text(self):
        """The question filled in for this ticket; empty where there is none."""
        question = self._get_question()
        texts = question._render_for(self, self.env.user.partner_id)
        return texts.get(question, "")

    def _on_question_asked(self):
        """The client got our question: the next time it reads otherwise."""
        self._get_question()._register_use(self.sudo().commercial_partner_id)

    # ------------------------------------------------------------
    # Before an answer goes out
    # ------------------------------------------------------------

    def get_answer_check(self):
        """What an answer to the client is checked against while it is written.

        :return: False where the team checks nothing, else a dictionary:
            ``deadline`` (text or False), ``is_prevented`` (how to avoid it is filled
            in), ``is_solved`` (a solution is written), ``greeting`` (what the letter
            begins with), ``has_signature``
        :raises AccessError: the user may not read the ticket, or is a client
        """
        self._check_answering()
        ticket_sudo = self.sudo()
        if not ticket_sudo.team_id.is_answer_checked:
            return False
        return {
            "deadline": ticket_sudo.with_context(
                lang=self.env.user.lang
            )._format_deadline(),
            "is_prevented": not is_html_empty(ticket_sudo.prevention),
            "is_solved": not is_html_empty(ticket_sudo.solution),
            "greeting": self._get_greeting(self.env.user.partner_id),
            "has_signature": bool(html2plaintext(self._get_signature()).strip()),
        }
