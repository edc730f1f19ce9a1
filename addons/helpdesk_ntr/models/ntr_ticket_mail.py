from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, email_normalize, formataddr

from .ntr_ticket import MAX_SUBJECT

HUMAN_TYPES = ("comment", "email")
DONE_STATES = ("solved", "closed", "cancelled")


class NtrTicket(models.Model):
    """What is said in a ticket: by mail, on the portal, in the chatter, by API."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------
    # Gateway
    # ------------------------------------------------------------

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a ticket of a mail (RFC 5322) that answers nothing of ours."""
        self = self.with_context(default_user_id=False)
        values = dict(self._prepare_message_new_values(msg_dict), **custom_values or {})
        return super().message_new(msg_dict, custom_values=values)

    @api.model
    def _prepare_message_new_values(self, msg_dict):
        """Values of the ticket that a mail makes.

        An unknown sender stays without contact: his is matched or made when one of
        us first answers, so that spam leaves no contacts behind.
        """
        subject = (msg_dict.get("subject") or "").strip()
        body = msg_dict.get("body")
        if len(subject) > MAX_SUBJECT:
            body = Markup("<p>%s</p>%s") % (subject, Markup(body or ""))
            subject = subject[: MAX_SUBJECT - 1] + "…"
        return {
            "name": subject or self.env._("No subject"),
            "description": body,
            "partner_id": msg_dict.get("author_id"),
            "channel_id": self.env["ntr.channel"]._get_id("email"),
        }

    def _detect_loop_sender_domain(self, email_from_normalized):
        """Equality first: a scan for part of an address is not needed here."""
        return [("email_from", "ilike", email_from_normalized)]

    def _notify_get_reply_to(self, default=None, author_id=False):
        """Answers come to the mailbox of the team."""
        replies = {}
        for team, tickets in self.grouped("team_id").items():
            if team:
                reply_to = team.sudo()._notify_get_reply_to(
                    default=default, author_id=author_id
                )[team.id]
                replies.update(dict.fromkeys(tickets.ids, reply_to))
            else:
                replies.update(
                    super(NtrTicket, tickets)._notify_get_reply_to(
                        default=default, author_id=author_id
                    )
                )
        return replies

    def _creation_message(self):
        self.ensure_one()
        return self.env._("Registered under the number %s", self.number)

    def _message_compute_subject(self):
        """Every mail of a ticket carries its number, for those mail programs that
        lose the threading headers."""
        self.ensure_one()
        return f"[{self.number}] {self.name}"

    # ------------------------------------------------------------
    # Somebody said something
    # ------------------------------------------------------------

    def _message_create(self, values_list):
        """Keep on every message for whom it is and through which channel it came."""
        return super()._message_create(
            [
                dict(
                    values,
                    ntr_audience=self._get_audience(values),
                    ntr_channel_id=self._get_message_channel_id(values),
                )
                for values in values_list
            ]
        )

    def _get_message_create_valid_field_names(self):
        return super()._get_message_create_valid_field_names() | {
            "ntr_audience",
            "ntr_channel_id",
        }

    @api.model
    def _get_audience(self, values):
        """For whom a message is, by the values that it is made from.

        :return: ``client`` or ``staff``; suppliers have threads of their own
        """
        comment_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        is_said = values.get("message_type") in (
            *HUMAN_TYPES,
            "auto_comment",
            "out_of_office",
            "email_outgoing",
        )
        is_open = values.get("subtype_id") == comment_id and not values.get(
            "is_internal"
        )
        return "client" if is_said and is_open else "staff"

    def _get_message_channel_id(self, values):
        message_type = values.get("message_type")
        if message_type == "email":
            return self.env["ntr.channel"]._get_id("email")
        if message_type == "comment" and self._is_said_for_oneself(values):
            return self.env["ntr.channel"]._get_id("portal")
        return False

    def _is_said_for_oneself(self, values):
        """Whether a client writes himself, or a colleague in his own request.

        :param dict values: what the message is made from
        """
        user = self.env.user
        is_own = values.get("author_id") == user.partner_id.id
        return user.share or (is_own and self.sudo().partner_id == user.partner_id)

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if msg_values.get("attachment_ids"):
            self._show_inline_images(message)
        self._on_message(message)
        return result

    def _show_inline_images(self, message):
        """Images inside the text of a mail have an address only when it is posted."""
        if message.message_type != "email" or "cid:" not in (self.description or ""):
            return
        mails = self.message_ids.filtered(lambda it: it.message_type == "email")
        if mails == message:
            self._write_values({"description": message.body})

    def _on_message(self, message):
        """The one place that learns that somebody said something, at whatever door.

        :param message: the ``mail.message`` that was just posted on this ticket
        """
        message = message.sudo()
        self.env["ntr.mail.journal"]._get_current()._note_message(message)
        said_by_client = not self._is_ours(message)
        is_automatic = message.message_type not in HUMAN_TYPES or self._is_withheld(
            "answer"
        )
        if message.message_type in ("notification", "user_notification"):
            return
        if message.rating_ids:
            return
        if is_automatic:
            self._register_message("automatic_message", message)
        elif said_by_client:
            self._on_client_message(message)
        elif message.ntr_audience == "client":
            self._on_reply(message)
        else:
            self._register_message("note", message)

    def _is_withheld(self, effect):
        """Whether the mail that is being taken in may not bring that about.

        :param str effect: ``answer``, ``acknowledge`` or ``reopen``
        """
        return effect in self.env.context.get("ntr_mail_withheld", ())

    def _is_ours(self, message):
        """Whether one of us said it. A colleague who asks for himself is a client of
        this ticket (support of own employees)."""
        author = message.author_id.sudo()
        return bool(author) and not author.partner_share and author != self.partner_id

    def _register_message(self, event_type, message):
        return self.sudo()._register_event(
            event_type,
            actor_id=message.author_id.id,
            audience=message.ntr_audience,
            channel_id=message.ntr_channel_id.id,
            message_id=message.id,
        )

    def _on_client_message(self, message):
        """The client wrote: the ball is with us."""
        ticket_sudo = self.sudo()
        ticket_sudo._register_message("client_message", message)
        is_moving = not self._is_withheld("reopen")
        if ticket_sudo.state in DONE_STATES and is_moving:
            ticket_sudo._on_message_after_solving(message)
            return
        if not ticket_sudo.unanswered_since and not ticket_sudo._is_ended():
            ticket_sudo._write_values({"unanswered_since": fields.Datetime.now()})
        if (
            is_moving
            and ticket_sudo.state == "waiting"
            and ticket_sudo.waiting_on == "client"
        ):
            ticket_sudo._resume(message_id=message.id)

    def _on_reply(self, message):
        """One of us answered the client."""
        ticket_sudo = self.sudo()
        ticket_sudo._register_message("reply", message)
        values = {}
        if ticket_sudo.unanswered_since:
            values["unanswered_since"] = False
        if not ticket_sudo.first_response_at:
            values["first_response_at"] = fields.Datetime.now()
        if not ticket_sudo.partner_id:
            values["partner_id"] = ticket_sudo._find_contact(message).id
        if any(values.values()) or values.get("unanswered_since") is False:
            ticket_sudo._write_values(
                {name: value for name, value in values.items() if name != "partner_id"}
            )
        if values.get("partner_id"):
            ticket_sudo._write_logged(
                "classified", {"partner_id": values["partner_id"]}
            )

    def _find_contact(self, message):
        """The contact that one of us addressed by this ticket's e-mail address."""
        wanted = email_normalize(self.email_from)
        return message.partner_ids.filtered(
            lambda partner: wanted and wanted in partner.sudo()._get_ntr_addresses()
        )[:1]

    # ------------------------------------------------------------
    # Followers
    # ------------------------------------------------------------

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        """Two who post at once both make the client a follower.

        The second could not see that it is done already, and would be told that a
        partner cannot follow twice. Changing the ticket first makes PostgreSQL refuse
        the second, and Odoo repeats what it did.
        """
        missing = set(partner_ids or ()) - set(self.sudo().message_partner_ids.ids)
        if missing or len(self) > 1:
            self._claim()
        return super()._message_subscribe(
            partner_ids, subtype_ids, customer_ids=customer_ids
        )

    def _claim(self):
        """Let transactions that change these tickets at the same time collide."""
        if self.ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE ntr_ticket SET write_date = write_date WHERE id IN %s",
                    tuple(self.ids),
                ),
                # the refusal is expected, so it is no error for the log
                log_exceptions=False,
            )

    # ------------------------------------------------------------
    # Telling people
    # ------------------------------------------------------------

    def _schedule_acknowledgements(self):
        """Note down that clients are owed an acknowledgement; the scheduled action
        sends it. Posting it here would double the cost of taking mail in."""
        if self._is_withheld("acknowledge"):
            return
        template_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "helpdesk_ntr.mail_template_acknowledgement"
        )
        self.env["ntr.notice"].sudo()._schedule(
            [
                {"ticket_id": ticket.id, "template_id": template_id}
                for ticket in self
                if (ticket.partner_id or ticket.email_from)
                and ticket.team_id._get_defaults()["is_acknowledging"]
            ]
        )

    def _tell_client(self, template_xmlid):
        """Send the client a letter from a template, in his language, on the thread.

        :param str template_xmlid: xml id of a ``mail.template`` of this model
        """
        template = self._get_letter_template(template_xmlid)
        tickets = self.sudo().filtered(lambda it: it.partner_id or it.email_from)
        if template and len(self) > 1:
            tickets._schedule_letters(template)
        elif template:
            for ticket in tickets:
                ticket._post_letter(template)

    def _get_letter_template(self, xmlid):
        """The template, or none where somebody has deleted it."""
        template = self.env.ref(xmlid, raise_if_not_found=False)
        return template.sudo() if template else self.env["mail.template"]

    def _schedule_letters(self, template, **values):
        """Leave letters to the scheduled action: a list of tickets that is changed at
        once does not wait for them.

        :param values: columns of ``ntr.notice``
        """
        self.env["ntr.notice"].sudo()._schedule(
            [
                {"ticket_id": ticket.id, "template_id": template.id, **values}
                for ticket in self
            ]
        )

    def _post_letter(self, template):
        """Post one automatic letter to the client; nobody else gets it."""
        lang = self.lang
        subject, body = self._render_letter(template, lang)
        sender = self.with_context(lang=lang)._get_sender()
        partners, addresses = self._get_letter_readers(template)
        # Scheduled actions leave mail to the queue, which goes out once an hour.
        ticket = self.with_context(lang=lang, mail_notify_force_send=True).with_user(
            SUPERUSER_ID
        )
        return ticket.message_post(
            subject=subject,
            body=body,
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=partners.ids,
            outgoing_email_to=", ".join(addresses) or False,
            # An author would be told of every answer to this letter.
            author_id=False,
            email_from=sender,
            reply_to=sender,
            email_layout_xmlid="helpdesk_ntr.mail_layout_client",
            email_add_signature=False,
            notify_skip_followers=True,
            mail_headers={"Auto-Submitted": "auto-replied"},
        )

    def _get_letter_readers(self, template):
        """(contacts, addresses without a contact) that a letter to the client is for.

        :param template: the ``mail.template`` that the letter is made from
        """
        addresses = [] if self.partner_id else [self.email_from]
        return self.partner_id, addresses

    def _render_letter(self, template, lang):
        """(subject, body) of a template for this ticket in that language."""
        template = template.with_context(ntr_reason=self.env.context.get("ntr_reason"))
        subject = template._render_field("subject", self.ids, set_lang=lang)
        body = template._render_field(
            "body_html", self.ids, set_lang=lang, options={"post_process": True}
        )
        return subject[self.id], body[self.id]

    def _get_sender(self):
        """The address that letters of this ticket come from."""
        team = self.team_id
        if team.alias_email:
            return formataddr((team.name, team.alias_email))
        return self.company_id.email_formatted or self.env.user.email_formatted

    def _notify_by_email_prepare_rendering_context(
        self,
        message,
        msg_vals=False,
        model_description=False,
        force_email_company=False,
        force_email_lang=False,
        force_record_name=False,
    ):
        """A letter of ours carries the links to answer, or to rate our work, by.

        They are made for the mail alone: the message that stays in the ticket holds
        no token that a colleague could use.
        """
        values = super()._notify_by_email_prepare_rendering_context(
            message,
            msg_vals=msg_vals,
            model_description=model_description,
            force_email_company=force_email_company,
            force_email_lang=force_email_lang,
            force_record_name=force_record_name,
        )
        is_letter = (
            self.env.uid == SUPERUSER_ID and message.message_type == "auto_comment"
        )
        verbs = self._get_answer_verbs() if is_letter else ()
        values["ntr_answer_urls"] = {verb: self._get_answer_url(verb) for verb in verbs}
        if is_letter and self.state == "closed":
            token = self._rating_get_access_token()
            values["ntr_rating_url"] = f"{self.get_base_url()}/rate/{token}"
        return values

    def _get_answer_verbs(self):
        """What the client can do by the links of a letter that goes out now."""
        if self.state != "solved":
            return ()
        return ("confirm", "reject") if self._is_reopenable() else ("confirm",)

    def _tell_staff(self, template_xmlid, partners, reason=None):
        """Notify colleagues of something that concerns them, each in his language.

        :param str template_xmlid: xml id of a ``mail.template`` of this model
        :param partners: contacts of internal users
        :param str reason: the words of whoever did it; ``ctx['ntr_reason']`` there
        """
        template = self._get_letter_template(template_xmlid)
        for partner in partners if template else ():
            if len(self) > 1:
                self._schedule_letters(template, partner_id=partner.id, reason=reason)
            else:
                self._post_staff_letter(template, partner, reason)

    def _post_staff_letter(self, template, partner, reason=None):
        """Notify one colleague, in his language."""
        context = {
            "lang": partner.lang,
            "ntr_reason": reason,
            "mail_notify_force_send": True,
        }
        ticket = self.sudo().with_context(**context)
        subject, body = ticket._render_letter(template, partner.lang)
        ticket.message_notify(
            subject=subject,
            body=body,
            partner_ids=partner.ids,
            email_layout_xmlid="mail.mail_notification_layout",
            mail_headers={"Auto-Submitted": "auto-generated"},
        )

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        """The executor follows his ticket; he is told by our own letter."""
        followers = super()._message_auto_subscribe_followers(
            updated_values, default_subtype_ids
        )
        return [(partner_id, subtypes, False) for partner_id, subtypes, __ in followers]

    def _notify_thread_with_out_of_office_get_additional_users(
        self, message, recipients_data, ooo_author, msg_vals=False
    ):
        """A client who writes may not read who the executor is, but is told when he
        is away."""
        return super(
            NtrTicket, self.sudo()
        )._notify_thread_with_out_of_office_get_additional_users(
            message, recipients_data, ooo_author, msg_vals=msg_vals
        )

    # ------------------------------------------------------------
    # Portal and links
    # ------------------------------------------------------------

    def _portal_ensure_token(self):
        """No eternal token: what opens without login is an ``ntr.link``."""
        return False

    def _get_share_url(
        self, redirect=False, signup_partner=False, pid=None, share_token=True
    ):
        return super()._get_share_url(
            redirect=redirect, signup_partner=False, pid=None, share_token=False
        )

    @api.model
    def _get_thread_with_access(self, thread_id, **kwargs):
        """Only rights open a conversation, no hash and no token."""
        for name in ("hash", "pid", "token"):
            kwargs.pop(name, None)
        return super()._get_thread_with_access(thread_id, **kwargs)

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """No button that opens a request by a token for whoever gets the mail."""
        return [
            group
            for group in super()._notify_get_recipients_groups(
                message, model_description, msg_vals=msg_vals
            )
            if group[0] != "portal_customer"
        ]

    def _get_answer_url(self, verb):
        """A fresh link by which the client does one thing without login.

        :param str verb: ``confirm``, ``reject`` or ``reopen``
        """
        token = self.env["ntr.link"].sudo()._make(self, verb, self.partner_id)
        return f"{self.get_base_url()}/support/answer/{token}"

    # ------------------------------------------------------------
    # Rating
    # ------------------------------------------------------------

    def _rating_get_parent_field_name(self):
        return "team_id"

    def _rating_get_operator(self):
        return self.sudo().user_id.partner_id

    def rating_apply(
        self,
        rate,
        token=None,
        rating=None,
        feedback=None,
        subtype_xmlid=None,
        notify_delay_send=False,
    ):
        """Enter the client's rating into the ledger with it (see ``mail.thread``)."""
        rating = super().rating_apply(
            rate,
            token=token,
            rating=rating,
            feedback=feedback,
            subtype_xmlid=subtype_xmlid,
            notify_delay_send=notify_delay_send,
        )
        self.sudo()._register_event(
            "rated",
            actor_id=rating.sudo().partner_id.id,
            audience="client",
            reason=feedback,
        )
        return rating
