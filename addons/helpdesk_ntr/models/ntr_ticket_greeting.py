from markupsafe import Markup

from odoo import models
from odoo.tools import html2plaintext, is_html_empty

from ..tools import answer_signs, canned_text

PLAIN_LAYOUTS = (False, "mail.mail_notification_layout")


class NtrTicket(models.Model):
    """The mail that a colleague's answer goes out in: the team's greeting above his
    words and its signature below them (S117). What he wrote is stored without them.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    def _is_answer(self, message):
        """Whether a colleague answers the client by it.

        :param message: ``mail.message`` of this ticket
        """
        message = message.sudo()
        return (
            message.message_type == "comment"
            and message.ntr_audience == "client"
            and self._is_ours(message)
        )

    def _get_greeting(self, author):
        """What a letter to the client begins with, in his language; may be empty.

        :param author: ``res.partner`` who writes
        """
        ticket_sudo = self.sudo()
        team = ticket_sudo.team_id.with_context(lang=ticket_sudo.lang)
        if not team.greeting:
            return ""
        return canned_text.render(team.greeting, self._get_canned_values(author))

    def _get_signature(self):
        """What a letter to the client ends with, in his language (Html)."""
        ticket_sudo = self.sudo()
        team = ticket_sudo.team_id.with_context(lang=ticket_sudo.lang)
        return Markup() if is_html_empty(team.signature) else team.signature

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """A colleague who is the client himself gets what clients get, and his link."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        client = self.sudo().partner_id
        if len(client) == 1 and self._is_answer(message):
            is_colleague = any(not user.share for user in client.user_ids)
            data = {"active": True, "has_button_access": is_colleague}
            groups = [
                ["ntr_client", lambda pdata: pdata["id"] == client.id, data],
                *groups,
            ]
        return groups

    def _notify_by_email_render_layout(
        self, message, recipients_group, msg_vals=False, render_values=None
    ):
        layout = (msg_vals or {}).get("email_layout_xmlid", message.email_layout_xmlid)
        is_outside = recipients_group.get("notification_group_name") != "user"
        if is_outside and self._is_answer(message):
            if layout in PLAIN_LAYOUTS:
                layout = "helpdesk_ntr.mail_layout_client"
            msg_vals = dict(msg_vals or {}, email_layout_xmlid=layout)
            render_values = dict(
                render_values or {}, **self._prepare_letter_frame(message)
            )
        return super()._notify_by_email_render_layout(
            message,
            recipients_group,
            msg_vals=msg_vals,
            render_values=render_values,
        )

    def _prepare_letter_frame(self, message):
        """What stands around the words of an answer, unless its author wrote it."""
        message = message.sudo()
        text = html2plaintext(message.body or "")
        greeting = self._get_greeting(message.author_id)
        signature = self._get_signature()
        is_signed = answer_signs.is_signed(text, html2plaintext(signature))
        return {
            "ntr_is_answer": True,
            "ntr_is_signing": not is_signed,
            "ntr_signature": signature,
            "ntr_greeting": "" if answer_signs.is_greeted(text, greeting) else greeting,
        }
