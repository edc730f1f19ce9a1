from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize, email_split

from ..tools.personal_data import ERASED, Eraser
from .ntr_ticket_stage import ENDED_STATES

# Texts of Odoo that quote what clients write, beside those of the help desk
QUOTING_MODELS = (
    "mail.message",
    "mail.mail",
    "mail.tracking.value",
    "mail.notification",
    "mail.activity",
    "mail.scheduled.message",
    "rating.rating",
    "res.partner",
    "crm.lead",
    "calendar.event",
)
# What a text column may not be touched in, because it says what kind of row it is
KEPT_COLUMNS = {
    "ntr.ticket.event": {"type", "audience"},
    "ntr.personal.data.log": {"action"},
}
BATCH = 500


class NtrPersonalData(models.AbstractModel):
    """What is held about one person: to be told to him, or to be forgotten.

    An addon that keeps more of a person extends ``_collect`` and ``_forget``; texts in
    models named ``ntr.`` are found without that.
    """

    _name = "ntr.personal.data"
    _description = "Personal data of a contact"

    # ------------------------------------------------------------
    # Rights and refusals
    # ------------------------------------------------------------

    @api.model
    def _check_right(self, partner):
        if not self.env.su and not self.env.user.has_group("helpdesk_ntr.group_admin"):
            raise AccessError(
                self.env._(
                    "Only an administrator of the help desk exports or erases what is "
                    "held about a person."
                )
            )
        partner.check_access("read")

    @api.model
    def _get_erase_refusal(self, partner):
        """The sentence that says why this contact cannot be erased, or None."""
        partner_sudo = partner.sudo().with_context(active_test=False)
        if any(not user.share for user in partner_sudo.user_ids):
            return self.env._(
                "%s is a colleague: what he did here stays with his name. Take him off "
                "the users by the rules of your company.",
                partner.display_name,
            )
        if (
            self.env["res.company"]
            .sudo()
            .search_count([("partner_id", "=", partner.id)], limit=1)
        ):
            return self.env._("%s is our own company.", partner.display_name)
        if partner_sudo.is_company and partner_sudo.child_ids.filtered(
            lambda child: child.type == "contact"
        ):
            return self.env._(
                "%s is a firm with contacts of its own. Choose the person.",
                partner.display_name,
            )
        if (
            self.env["ntr.personal.data.log"]
            .sudo()
            .search_count(
                [("action", "=", "erase"), ("partner_id", "=", partner.id)], limit=1
            )
        ):
            return self.env._("%s: nothing is left to erase.", partner.display_name)
        return None

    @api.model
    def _get_open_tickets(self, partner):
        return self._get_tickets(partner).filtered(
            lambda ticket: ticket.state not in ENDED_STATES
        )

    # ------------------------------------------------------------
    # Who he is
    # ------------------------------------------------------------

    @api.model
    def _get_tickets(self, partner):
        """Every ticket that this person asked, in all companies, archived too."""
        domain = Domain("partner_id", "=", partner.id)
        for email in self._get_own_emails(partner):
            domain |= Domain("email_from", "ilike", email) & Domain(
                "partner_id", "=", False
            )
        tickets = self.env["ntr.ticket"].sudo().with_context(active_test=False)
        return tickets.search(domain, order="id")

    @api.model
    def _get_own_emails(self, partner):
        return [
            email
            for email in self._get_written_emails(partner)
            if not self._is_shared(partner, "email_normalized", email_normalize(email))
        ]

    @api.model
    def _get_written_emails(self, partner):
        """The addresses on his card."""
        partner = partner.sudo()
        written = filter(None, (partner.email, partner.ntr_other_emails))
        return email_split(", ".join(written))

    @api.model
    def _is_shared(self, partner, name, value):
        """Whether another contact has the same address, name or number, so that a text
        that holds it may speak of him."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        domain = Domain(name, "=ilike", value)
        if name == "email_normalized" and value:
            domain |= Domain("ntr_other_emails", "ilike", value)
        domain &= Domain("id", "!=", partner.id)
        return bool(partners.search_count(domain, limit=1))

    @api.model
    def _get_erasers(self, partner, tickets):
        """What names this person: wherever it stands, and where it speaks of him.

        A name of one word, and what another contact has too, is taken out of his own
        tickets only.

        :return: two ``Eraser``: for all texts, and for texts of his own
        """
        partner = partner.sudo()
        emails = {email_normalize(it) for it in self._get_written_emails(partner)}
        for ticket in tickets:
            emails.update(map(email_normalize, email_split(ticket.email_from or "")))
        for user in partner.with_context(active_test=False).user_ids:
            emails.add(email_normalize(user.login) or user.login)
        emails.discard(False)
        phones = {partner.phone, partner.phone_sanitized} - {False}
        own_emails = {
            email
            for email in emails
            if not self._is_shared(partner, "email_normalized", email)
        }
        own_names = {
            name
            for name in [partner.name]
            if len((name or "").split()) > 1
            and not self._is_shared(partner, "name", name)
        }
        own_phones = {
            phone for phone in phones if not self._is_shared(partner, "phone", phone)
        }
        return (
            Eraser(own_emails, own_names, own_phones),
            Eraser(emails, [partner.name, *self._get_places(tickets)], phones),
        )

    @api.model
    def _get_places(self, tickets):
        """Where he was visited, as the ledger and our letters have it."""
        return {it.location for it in self._get_visits(tickets) if it.location}

    # ------------------------------------------------------------
    # Export
    # ------------------------------------------------------------

    @api.model
    def _collect(self, partner, with_notes=False):
        """What is held about this person, as plain data.

        :param bool with_notes: also what colleagues wrote for each other
        :return: dictionary of lists and dictionaries; times are ISO texts in UTC
        """
        tickets = self._get_tickets(partner)
        messages = self._get_messages(partner, tickets, with_notes)
        return {
            "made_at": self._format_at(fields.Datetime.now()),
            "contact": self._collect_contact(partner.sudo()),
            "tickets": [self._collect_ticket(ticket) for ticket in tickets],
            "messages": [self._collect_message(message) for message in messages],
            "ledger": self._collect_ledger(partner, tickets, with_notes),
            "ratings": self._collect_ratings(partner, tickets),
            "links": self._collect_links(partner),
            "visits": self._collect_visits(tickets),
            "attachments": self._collect_attachments(tickets, messages),
        }

    @api.model
    def _format_at(self, value):
        return value.isoformat() + "Z" if value else None

    @api.model
    def _collect_contact(self, partner):
        names = ("name", "email", "phone", "function", "street", "street2", "zip")
        names += ("city", "vat", "website", "lang", "tz", "ntr_other_emails")
        return {
            **{name: partner[name] or None for name in names},
            "company": partner.parent_id.name or None,
            "country": partner.country_id.name or None,
            "portal_login": partner.user_ids[:1].login or None,
        }

    @api.model
    def _collect_ticket(self, ticket):
        return {
            "number": ticket.number,
            "subject": ticket.name,
            "text": ticket.description and str(ticket.description),
            "e_mail": ticket.email_from or None,
            "unit": ticket.equipment_id.display_name or None,
            "state": ticket.state,
            "solution": ticket.solution and str(ticket.solution),
            "registered_at": self._format_at(ticket.create_date),
            "closed_at": self._format_at(ticket.closed_at),
        }

    @api.model
    def _get_messages(self, partner, tickets, with_notes):
        """What he wrote anywhere, and what was said in his tickets."""
        domain = Domain("author_id", "=", partner.id)
        in_tickets = Domain("model", "=", "ntr.ticket") & Domain(
            "res_id", "in", tickets.ids
        )
        if not with_notes:
            in_tickets &= Domain("ntr_audience", "=", "client")
        messages = self.env["mail.message"].sudo()
        return messages.search(domain | in_tickets, order="date, id")

    @api.model
    def _collect_message(self, message):
        return {
            "at": self._format_at(message.date),
            "from": message.author_id.display_name or message.email_from or None,
            "subject": message.subject or None,
            "text": message.body and str(message.body),
            "record": message.record_name or None,
            "for_colleagues": message.ntr_audience == "staff",
        }

    @api.model
    def _collect_ledger(self, partner, tickets, with_notes):
        domain = Domain("actor_id", "=", partner.id)
        if with_notes:
            domain |= Domain("ticket_id", "in", tickets.ids)
        else:
            domain |= Domain("ticket_id", "in", tickets.ids) & Domain(
                "audience", "=", "client"
            )
        domain &= Domain("reason", "!=", False)
        events = self.env["ntr.ticket.event"].sudo().search(domain, order="at, id")
        return [
            {
                "at": self._format_at(event.at),
                "ticket": event.ticket_id.number or None,
                "event": event.type,
                "text": event.reason,
            }
            for event in events
        ]

    @api.model
    def _collect_ratings(self, partner, tickets):
        ratings = (
            self.env["rating.rating"]
            .sudo()
            .search(
                Domain("partner_id", "=", partner.id)
                | Domain("res_model", "=", "ntr.ticket")
                & Domain("res_id", "in", tickets.ids),
                order="id",
            )
        )
        return [
            {
                "at": self._format_at(rating.write_date),
                "about": rating.res_name or None,
                "rating": rating.rating,
                "words": rating.feedback or None,
            }
            for rating in ratings.filtered("consumed")
        ]

    @api.model
    def _collect_links(self, partner):
        links = self.env["ntr.link"].sudo().search([("partner_id", "=", partner.id)])
        return [
            {
                "for": link.verb,
                "record": link._get_record().display_name or None,
                "made_at": self._format_at(link.create_date),
                "expires_at": self._format_at(link.expires_at),
            }
            for link in links
        ]

    @api.model
    def _get_visits(self, tickets):
        return tickets.with_context(active_test=False).visit_ids

    @api.model
    def _collect_visits(self, tickets):
        return [
            {
                "ticket": visit.ntr_ticket_id.number,
                "from": self._format_at(visit.start),
                "to": self._format_at(visit.stop),
                "who_comes": visit.user_id.name or None,
                "place": visit.location or None,
                "text": visit.description and str(visit.description),
            }
            for visit in self._get_visits(tickets)
        ]

    @api.model
    def _collect_attachments(self, tickets, messages):
        return [
            {
                "name": attachment.name,
                "type": attachment.mimetype or None,
                "bytes": attachment.file_size,
                "at": self._format_at(attachment.create_date),
                "ticket": attachment.res_model == "ntr.ticket"
                and self.env["ntr.ticket"].sudo().browse(attachment.res_id).number
                or None,
            }
            for attachment in self._get_attachments(tickets, messages)
        ]

    @api.model
    def _get_attachments(self, tickets, messages):
        attachments = self.env["ir.attachment"].sudo()
        return messages.attachment_ids | attachments.search(
            [
                ("res_model", "=", "ntr.ticket"),
                ("res_id", "in", tickets.ids),
                ("res_field", "=", False),
            ]
        )

    # ------------------------------------------------------------
    # Erasure
    # ------------------------------------------------------------

    @api.model
    def _erase(self, partner, with_words=False):
        """Forget a person: what names him goes, what was done with his tickets stays.

        :param partner: one contact; refusals are the caller's
        :param bool with_words: also the texts that he wrote himself
        """
        partner = partner.sudo().with_context(active_test=False, tracking_disable=True)
        tickets = self._get_tickets(partner)
        everywhere, of_his_own = self._get_erasers(partner, tickets)
        self.env.flush_all()
        self._forget(partner, tickets, everywhere, of_his_own, with_words)
        self.env.flush_all()
        self.env.invalidate_all()

    @api.model
    def _forget(self, partner, tickets, everywhere, of_his_own, with_words):
        """Hook: take one person out of all that is stored.

        :param partner: the contact, as superuser
        :param tickets: his tickets
        :param everywhere: ``Eraser`` of what names nobody else
        :param of_his_own: ``Eraser`` for texts that are known to speak of him
        :param bool with_words: also the texts that he wrote himself
        """
        messages = self._get_messages(partner, tickets, with_notes=True)
        self._forget_attachments(partner, tickets, messages, of_his_own)
        self._forget_access(partner)
        self._forget_mail(partner, tickets)
        if with_words:
            self._forget_words(partner, tickets, messages)
        self._forget_contact(partner)
        self._forget_addresses(tickets)
        self._forget_places(tickets)
        self._forget_raw_mails(partner, tickets)
        self.env.flush_all()
        for model in self._get_text_models():
            self._erase_texts(model, everywhere)
            own = self._get_own_domain(model, partner, tickets, messages)
            if own is not None:
                self._erase_texts(model, of_his_own, own)

    def _forget_attachments(self, partner, tickets, messages, of_his_own):
        """Files that he sent, and files of his tickets that name him."""
        attachments = self._get_attachments(tickets, messages)
        sent = self._get_said(partner, messages).attachment_ids | attachments.filtered(
            lambda it: it.create_uid.partner_id == partner
        )
        named = attachments.filtered(
            lambda it: of_his_own.found_in(it.name)
            or of_his_own.found_in(it.description)
            or of_his_own.found_in(it.index_content)
        )
        (sent | named).unlink()

    @api.model
    def _get_said(self, partner, messages):
        """Those of these messages that he wrote: as himself, or by mail before we knew
        who he is."""
        return messages.filtered(
            lambda it: it.author_id == partner
            or (not it.author_id and it.message_type == "email")
        )

    def _forget_access(self, partner):
        """His account and his links open nothing any more."""
        self.env["ntr.link"].sudo().search([("partner_id", "=", partner.id)]).unlink()
        self.env["mail.followers"].sudo().search(
            [("partner_id", "=", partner.id)]
        ).unlink()
        users = partner.user_ids
        users.write({"active": False, "signature": False})
        users.api_key_ids.unlink()
        self.env["res.device.log"].sudo().search(
            [("user_id", "in", users.ids)]
        ).unlink()
        self.env.flush_all()
        if users:
            # by SQL: Odoo would write to him that his login was changed
            self.env.cr.execute(
                SQL(
                    "UPDATE res_users SET login = 'erased-' || id, password = NULL "
                    "WHERE id IN %s",
                    tuple(users.ids),
                )
            )
            users.invalidate_recordset()
            self.env.registry.clear_cache()

    def _forget_mail(self, partner, tickets):
        """Letters that still wait for him."""
        mails = self.env["mail.mail"].sudo()
        mails.search([("recipient_ids", "in", partner.ids)]).filtered(
            lambda mail: mail.recipient_ids == partner
        ).unlink()
        mails.search(
            [
                ("model", "=", "ntr.ticket"),
                ("res_id", "in", tickets.ids),
                ("email_to", "!=", False),
            ]
        ).unlink()
        self.env["ntr.notice"].sudo().search(
            [("ticket_id", "in", tickets.ids)]
        ).unlink()
        self.env["ntr.personal.data.wizard"].sudo().search(
            [("partner_id", "=", partner.id)]
        ).write({"export_file": False, "export_name": False})

    def _forget_words(self, partner, tickets, messages):
        """The texts that he wrote himself."""
        said = self._get_said(partner, messages)
        said.write({"body": ERASED, "subject": False})
        tickets.with_context(tracking_disable=True)._write_values(
            {"description": ERASED}
        )
        self.env["rating.rating"].sudo().search(
            [("partner_id", "=", partner.id), ("feedback", "!=", False)]
        ).write({"feedback": ERASED})

    def _forget_contact(self, partner):
        """The card stays, so that his tickets have somebody, but says nothing."""
        self.env["mail.tracking.value"].sudo().search(
            [
                ("mail_message_id.model", "=", "res.partner"),
                ("mail_message_id.res_id", "in", partner.ids),
            ]
        ).unlink()
        partner.child_ids.filtered(lambda it: not it.is_company).write(
            self._prepare_forgotten_values(partner)
        )
        # Odoo looks for users of a contact in the context of the call, and would take
        # the archived one for an active one
        partner.with_context(active_test=True).write(
            self._prepare_forgotten_values(partner)
        )

    @api.model
    def _prepare_forgotten_values(self, partner):
        names = ("email", "phone", "function", "street", "street2", "zip", "city")
        names += ("state_id", "country_id", "vat", "website", "comment", "ref", "tz")
        names += ("image_1920", "barcode", "company_registry", "ntr_client_note")
        names += ("ntr_other_emails",)
        values = dict.fromkeys(names, False)
        values["name"] = self.env._("Erased contact %s", partner.id)
        values["category_id"] = [(5,)]
        values["active"] = False
        return values

    def _forget_addresses(self, tickets):
        """Addresses that letters would go to; a word in their place would be one."""
        tickets = tickets.with_context(tracking_disable=True)
        tickets._write_values({"email_from": False, "email_cc": False})
        leads = tickets.lead_id
        leads.write(
            {
                "email_from": False,
                "phone": False,
                "contact_name": False,
                "email_cc": False,
            }
        )

    def _forget_places(self, tickets):
        """Visits stay, so that the day of the engineer is told, without the place."""
        visits = self._get_visits(tickets)
        self.env.flush_all()
        if visits:
            # by SQL: a visit that moves is told to its client
            self.env.cr.execute(
                SQL(
                    "UPDATE calendar_event SET location = NULL WHERE id IN %s",
                    tuple(visits.ids),
                )
            )
            visits.invalidate_recordset(["location"])

    def _forget_raw_mails(self, partner, tickets):
        """Bytes of mails cannot be read for his name, so those that he sent, and those
        of his tickets, go as a whole."""
        domain = Domain("ticket_id", "in", tickets.ids)
        for email in self._get_own_emails(partner):
            domain |= Domain("email_from", "ilike", email)
        self.env["ntr.mail.journal"].sudo().search(domain).write({"raw": False})

    # ------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------

    @api.model
    def _get_text_models(self):
        """Models whose texts may quote a person."""
        return [
            name
            for name, model in self.env.registry.items()
            if (name.startswith("ntr.") or name in QUOTING_MODELS)
            and model._auto
            and not model._abstract
        ]

    @api.model
    def _get_own_domain(self, model, partner, tickets, messages):
        """Rows of a model whose texts are known to speak of this person, or None."""
        return {
            "ntr.ticket": Domain("id", "in", tickets.ids),
            "ntr.ticket.event": Domain("ticket_id", "in", tickets.ids),
            "mail.message": Domain("id", "in", messages.ids),
            "mail.mail": Domain("mail_message_id", "in", messages.ids),
            "mail.tracking.value": Domain("mail_message_id", "in", messages.ids),
            "rating.rating": Domain("partner_id", "=", partner.id)
            | Domain("res_model", "=", "ntr.ticket")
            & Domain("res_id", "in", tickets.ids),
            "res.partner": Domain("id", "child_of", partner.ids),
            "crm.lead": Domain("id", "in", tickets.lead_id.ids),
            "ntr.mail.journal": Domain("ticket_id", "in", tickets.ids),
            "calendar.event": Domain("ntr_ticket_id", "in", tickets.ids),
            "mail.activity": Domain("res_model", "=", "ntr.ticket")
            & Domain("res_id", "in", tickets.ids),
        }.get(model)

    @api.model
    def _get_text_columns(self, model):
        """Names of the columns that hold free text of one language."""
        kept = KEPT_COLUMNS.get(model, ())
        return [
            name
            for name, field in self.env[model]._fields.items()
            if field.store
            and field.column_type
            and field.column_type[0] in ("varchar", "text")
            and field.type in ("char", "text", "html")
            and not field.translate
            and not field.company_dependent
            and name not in kept
        ]

    @api.model
    def _erase_texts(self, model, eraser, domain=None):
        """Take what an eraser finds out of all texts of a model.

        By SQL, because neither the ledger nor the verbs of a ticket let a text of the
        past be written, and because nothing else of a row may change by it.
        """
        if not eraser:
            return
        records = self.env[model].sudo().with_context(active_test=False)
        ids = None if domain is None else records.search(domain).ids
        for name in self._get_text_columns(model):
            rows = self._find_texts(records, name, eraser, ids)
            for offset in range(0, len(rows), BATCH):
                self._replace_texts(records, name, rows[offset : offset + BATCH])

    @api.model
    def _find_texts(self, records, name, eraser, ids):
        """(id, text without the person) of each row that names him."""
        column = SQL.identifier(name)
        condition = SQL("%s ~* %s", column, "|".join(eraser.hints))
        if ids is not None:
            condition = SQL("%s AND id IN %s", condition, tuple(ids) or (0,))
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE %s",
                column,
                SQL.identifier(records._table),
                condition,
            )
        )
        found = ((id_, text, eraser.erase(text)) for id_, text in rows)
        return [(id_, new) for id_, text, new in found if new != text]

    @api.model
    def _replace_texts(self, records, name, rows):
        """The private door of the erasure: other words in one column, nothing else."""
        if records._name == "ntr.ticket.event":
            records._replace_reasons(dict(rows))
            return
        self.env.cr.execute(
            SQL(
                "UPDATE %s AS record SET %s = new.text "
                "FROM (VALUES %s) AS new (id, text) WHERE record.id = new.id",
                SQL.identifier(records._table),
                SQL.identifier(name),
                SQL(", ").join(SQL("(%s, %s)", id_, text) for id_, text in rows),
            )
        )
