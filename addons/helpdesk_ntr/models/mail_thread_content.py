import mimetypes

from markupsafe import Markup

from odoo import api, models

from ..tools import mail_calendar, mail_content, mail_html, mail_quote, mail_tnef
from ..tools.subject_number import is_forward

# What is shown of a mail; the rest of its text is in a file beside it
MAX_TEXT = mail_html.MAX_LENGTH


class MailThread(models.AbstractModel):
    """What a mail to the help desk carries is kept, and made harmless.

    Odoo takes the text of a mail apart once for each of its parts, mixes the text of
    attached mails into it, and leaves to browsers what strangers may not do here.
    """

    _inherit = "mail.thread"  # pylint: disable=consider-merging-classes-inherited

    def _message_parse_extract_payload(
        self, message, message_dict, save_original=False
    ):
        if "ntr_journal_id" not in self.env.context:
            # the mail of another app
            return super()._message_parse_extract_payload(
                message, message_dict, save_original=save_original
            )
        # people read what is made here, whoever the gateway is
        reader = self.with_context(lang=self.env.company.partner_id.lang)
        return reader._ntr_read_content(message, message_dict, save_original)

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Pictures of a ticket are evidence: they stay as they came."""
        if any(route[0] == "ntr.ticket" for route in routes or ()):
            self = self.with_context(image_no_postprocess=True)
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def _ntr_read_content(self, message, message_dict, save_original):
        """The text of a mail to be shown, and its files.

        :return: {"body": Markup, "attachments": list of name, bytes and details}
        """
        content = mail_content.read(message)
        files = content.files
        packed = [mail_tnef.read(file.content) for file in files if file.is_tnef]
        texts = content.texts
        if not any(text.text.strip() for text in texts):
            texts = [mail_content.Text("plain", it.text) for it in packed if it.text]
        if message_dict.get("is_bounce"):
            # the rest is the mail that did not arrive
            texts = texts[:1]
        shown = []
        for text in texts:
            html, more = self._ntr_show_text(text, message_dict.get("subject"))
            shown.append(html)
            files = [*files, *more]
        if save_original:
            files = [*files, mail_content.make_original(message)]
        attachments = [self._ntr_make_attachment(file) for file in files]
        attachments += [
            self._Attachment(mail_content.clean_name(name), data, {})
            for it in packed
            for name, data in it.files
        ]
        body = Markup("").join(filter(None, shown))
        return {"body": body, "attachments": attachments}

    def _ntr_make_attachment(self, file):
        return self._Attachment(
            file.name, file.content, {"cid": file.cid} if file.cid else {}
        )

    def _ntr_show_text(self, text, subject):
        """(HTML of a text of a mail, the files that this makes)"""
        if text.kind == "calendar":
            events = mail_calendar.read_events(text.text)
            lines = (self._ntr_show_event(event) for event in events)
            return Markup("").join(lines), []
        is_forwarded = is_forward(subject or "")
        if text.kind == "plain":
            shown = text.text[:MAX_TEXT]
            return Markup(
                mail_quote.mark_text(mail_html.drop_impossible(shown), is_forwarded)
            ), []
        cleaned = mail_html.clean(text.text, None if is_forwarded else mail_quote.mark)
        files = [
            mail_content.File(
                f"picture-{number}{mimetypes.guess_extension(it.mimetype) or ''}",
                it.content,
                it.mimetype,
                it.cid,
            )
            for number, it in enumerate(cleaned.pictures, 1)
        ]
        if cleaned.is_text and len(text.text) <= mail_content.MAX_TEXT:
            files.append(mail_content.make_text_file(text))
        return Markup(cleaned.html), files

    def _ntr_show_event(self, event):
        """An appointment as people read it; the file is beside it."""
        titles = {
            "CANCEL": self.env._("Cancelled: %s", event.summary),
            "REPLY": self.env._("Answer to an invitation: %s", event.summary),
        }
        title = titles.get(event.method, self.env._("Invitation: %s", event.summary))
        lines = [Markup("<b>%s</b>") % title]
        if event.start and event.end:
            lines.append(
                self.env._(
                    "From %(start)s to %(end)s", start=event.start, end=event.end
                )
            )
        elif event.start:
            lines.append(self.env._("When: %s", event.start))
        if event.place:
            lines.append(self.env._("Where: %s", event.place))
        return Markup("<p>%s</p>") % Markup("<br/>").join(lines)
