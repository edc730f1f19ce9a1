from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.sql import escape_psql

from odoo.addons.iap.tools.iap_tools import _MAIL_DOMAIN_BLACKLIST

from ..tools import mail_trust, subject_number
from ..tools.mail_authentication import FAIL, read_authentication
from .ntr_ticket import STAFF

AUTH_SERVERS_PARAMETER = "helpdesk_ntr.mail_auth_servers"
MAX_CHOICES = 5


class NtrTicket(models.Model):
    """From whom a mail is, and whether it joins the ticket that it refers to (E6).

    What is decided without the database is in ``tools.mail_trust``.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    sender_doubt = fields.Char(
        "What speaks against the sender",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="The server that took the mail in found that somebody else may have "
        "written it.",
    )
    sender_choices = fields.Json(
        compute="_compute_sender_choices",
        groups=STAFF,
        help="Contacts with the address of a sender of whom nobody knows who he is.",
    )

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {"sender_doubt"}

    # ------------------------------------------------------------
    # Sender
    # ------------------------------------------------------------

    @api.model
    def _read_sender(self, message, message_dict):
        """Who a mail says that it is from, and what is known of him.

        :param message: the parsed mail
        :param dict message_dict: what Odoo has read of it
        :return: ``tools.mail_trust.Sender``
        """
        address = email_normalize(message_dict.get("email_from"), strict=False) or ""
        return mail_trust.Sender(
            address,
            self._find_sender_doubt(message),
            self.env["res.partner"]._get_ntr_senders(address),
        )

    @api.model
    def _find_sender_doubt(self, message):
        """What speaks against the sender, for people; empty where nothing does."""
        found = read_authentication(message, self._get_auth_servers())
        if found.verdict == FAIL:
            return found.reason
        return mail_trust.find_doubt(message.get_all("From") or ())

    @api.model
    def _get_auth_servers(self):
        """Names of the servers whose word on a sender counts (RFC 8601)."""
        names = self.env["ir.config_parameter"].sudo().get_param(AUTH_SERVERS_PARAMETER)
        return (names or "").replace(",", " ").split()

    def _get_trust(self, sender, company_id=None):
        """What a sender is to this ticket, or to us where there is no ticket yet.

        :param sender: ``tools.mail_trust.Sender``
        :param company_id: our company that he writes to; that of the ticket
        :return: ``tools.mail_trust.Trust``
        """
        firm_id = self.commercial_partner_id.id
        contact = sender.get_contact(firm_id, self.company_id.id or company_id)
        kind = mail_trust.UNKNOWN
        if contact and contact.is_ours:
            kind = mail_trust.OURS
        elif contact and (not self or contact.firm_id == firm_id):
            kind = mail_trust.CLIENT
        elif self and self._is_supplier(sender):
            kind = mail_trust.SUPPLIER
        return mail_trust.Trust(kind, contact and contact.id, sender.doubt)

    def _is_supplier(self, sender):
        """Hook: whether a supplier writes who is asked about this ticket.

        :param sender: ``tools.mail_trust.Sender``
        """
        return False

    # ------------------------------------------------------------
    # Part in the conversation
    # ------------------------------------------------------------

    def _takes_part(self, sender):
        """Whether a sender may write to this ticket without being let in.

        :param sender: ``tools.mail_trust.Sender``
        """
        self.ensure_one()
        if sender.doubt or not sender.address:
            return False
        return (
            mail_trust.is_in_circle(sender, self._get_circle(), _MAIL_DOMAIN_BLACKLIST)
            or self._is_named(sender)
            or self._is_addressed(sender)
        )

    def _get_circle(self):
        """Who belongs to this ticket by its head.

        :return: ``tools.mail_trust.Circle``
        """
        firm = self.commercial_partner_id
        addresses = mail_trust.find_addresses(
            self.email_from, self.email_cc, self.partner_id.email, firm.email
        )
        return mail_trust.Circle(tuple(addresses), firm.id)

    def _is_named(self, sender):
        """Whether he stands in From, To or Cc of a message of this conversation."""
        names = ("email_from", "incoming_email_to", "incoming_email_cc")
        names += ("outgoing_email_to",)
        local, __, domain = mail_trust.get_mailboxes(sender.address)[-1].partition("@")
        pattern = f"%{escape_psql(local)}%@{escape_psql(domain)}%"
        messages = self.env["mail.message"].search_fetch(
            Domain("model", "=", self._name)
            & Domain("res_id", "in", self.ids)
            & Domain("message_type", "not in", ("notification", "user_notification"))
            & Domain.OR(Domain(name, "=ilike", pattern) for name in names),
            names,
        )
        texts = [message[name] for message in messages for name in names]
        return mail_trust.is_named(sender.address, *texts)

    def _is_addressed(self, sender):
        """Whether he follows, or one of us wrote to him here."""
        ids = [contact.id for contact in sender.contacts]
        if not ids:
            return False
        written = Domain("message_type", "in", ("comment", "email"))
        written &= Domain("partner_ids", "in", ids)
        domain = Domain("message_partner_ids", "in", ids)
        domain |= Domain("message_ids", "any", written)
        return bool(self.search_count(Domain("id", "in", self.ids) & domain, limit=1))

    # ------------------------------------------------------------
    # Routing
    # ------------------------------------------------------------

    @api.model
    def _route_by_trust(self, message, message_dict, routes, sender):
        """Lead a mail to the ticket that it may join, or hold it back.

        Several mailboxes of ours in one mail make one ticket, for the first in To.

        :param message: the parsed mail; it is noted there what its sender is
        :param dict message_dict: what Odoo has read of it; corrected in place
        :param list routes: what Odoo would do, for this model and others
        :param sender: ``tools.mail_trust.Sender``
        :return: the routes
        """
        # asked before any rights are taken: a caller chooses his context
        journal = self.env["ntr.mail.journal"]._get_current().sudo()
        self = self.sudo().with_context(active_test=False)
        others = [route for route in routes if route[0] != self._name]
        own = [route for route in routes if route[0] == self._name]
        referred, asked = self._find_asked(own, message_dict, journal)
        what, ticket_id = mail_trust.route(
            asked.ids,
            lambda id_: self.browse(id_)._takes_part(sender),
            journal.decision or "",
        )
        ticket = self.browse(ticket_id)
        teams = self._get_teams_of_routes(message, own)
        company_id = teams[:1] and teams[:1]._get_defaults()["company_id"] or None
        trust = ticket._get_trust(sender, company_id)
        if what == mail_trust.JOIN:
            journal._hold_back(message, ticket, trust)
            return others
        self._note_sender(message, message_dict, trust)
        route = self._choose_route(own, teams)
        if ticket:
            by_number = ticket not in referred
            ticket._on_routed(message, message_dict, trust, by_number, journal)
            return [*others, self._prepare_route(route, ticket.id, trust)]
        message.ntr_other_teams = teams[1:]
        return [*others, self._prepare_new_route(route, journal, trust, message_dict)]

    @api.model
    def _note_sender(self, message, message_dict, trust):
        """Whose word a mail is, for what takes it in afterwards."""
        message.ntr_trust = trust
        message_dict["author_id"] = trust.contact_id or False
        if trust.kind != mail_trust.OURS:
            # a client who answers a note still speaks for everybody to hear
            message_dict["is_internal"] = False

    def _on_routed(self, message, message_dict, trust, by_number, journal):
        """A mail joins this ticket."""
        client = mail_trust.find_addresses(self.email_from, self.partner_id.email)
        is_client = trust.contact_id and trust.contact_id == self.partner_id.id
        if not is_client and mail_trust.is_for_staff(
            trust, by_number, client, *(message_dict.get(name) for name in ("to", "cc"))
        ):
            message_dict["is_internal"] = True
        if journal.decision == mail_trust.APPEND:
            self._register_event(
                "joined",
                actor_id=journal.decided_by_id.partner_id.id,
                audience="staff",
                reason=journal.email_from,
            )

    @api.model
    def _find_asked(self, routes, message_dict, journal):
        """The tickets that a mail refers to.

        :return: (those by reference, all of them: these first)
        """
        if journal.decision == mail_trust.APPEND:
            master = journal.ticket_id._get_master()
            return master, master
        referred = self.browse(
            [
                thread_id
                for __, thread_id, __, __, alias in routes
                if thread_id and not (alias and alias.alias_force_thread_id)
            ]
        )
        referred = referred or self._find_referred_in_journal(message_dict, journal)
        numbered = self._find_numbered(message_dict.get("subject"))
        referred = self.union(*(it._get_master() for it in referred))
        return referred, referred | self.union(*(it._get_master() for it in numbered))

    @api.model
    def _find_referred_in_journal(self, message_dict, journal):
        """The ticket of a mail that is answered, but stands in no conversation: it
        waits to join, or was taken out."""
        text = f"{message_dict.get('references')} {message_dict.get('in_reply_to')}"
        return journal._find_by_references(text).ticket_id

    @api.model
    def _find_numbered(self, subject):
        """The tickets whose numbers stand in a subject, in that order."""
        numbers = subject_number.find_numbers(
            subject or "", self.env["ir.sequence"]._get_ntr_letters()
        )
        if not numbers:
            return self.browse()
        found = self.search([("number", "in", numbers)])
        return found.sorted(lambda ticket: numbers.index(ticket.number))

    @api.model
    def _get_teams_of_routes(self, message, routes):
        """The teams that would get this mail, the first in To first."""
        ids = [(values or {}).get("team_id") for __, __, values, __, __ in routes]
        teams = self.env["ntr.team"].browse([id_ for id_ in ids if id_])
        if len(teams) < 2:
            return teams
        written_to = self.env["ntr.mail.journal"]._find_teams(message)
        return (written_to & teams) | teams

    @api.model
    def _choose_route(self, routes, teams):
        """Of the routes of one mail that of the first team."""
        for route in routes:
            if teams and (route[2] or {}).get("team_id") == teams[0].id:
                return route
        return routes[0]

    @api.model
    def _prepare_route(self, route, ticket_id, trust):
        """That route, to a ticket or to a new one."""
        model, __, values, user_id, alias = route
        # whoever is not proven acts as nobody
        user_id = user_id if trust.contact_id else self.env.uid
        return (model, ticket_id, values, user_id, alias)

    @api.model
    def _prepare_new_route(self, route, journal, trust, message_dict):
        """That route to a new ticket, whatever conversation it came from."""
        thread_id, alias = route[1], route[4]
        if alias and alias.alias_force_thread_id:
            return self._prepare_route(route, thread_id, trust)
        if thread_id:
            message_dict.update(parent_id=False, is_internal=False)
            team_id = journal.team_id.id or self.browse(thread_id).team_id.id
            route = (route[0], 0, {"team_id": team_id}, *route[3:])
        return self._prepare_route(route, 0, trust)

    # ------------------------------------------------------------
    # What is told of the sender
    # ------------------------------------------------------------

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a ticket of a mail (RFC 5322); a doubted sender is marked."""
        ticket = super().message_new(msg_dict, custom_values=custom_values)
        doubt = self.env.context.get("ntr_sender_doubt")
        if doubt:
            ticket._write_values({"sender_doubt": doubt})
        return ticket

    def _message_create(self, values_list):
        doubt = self.env.context.get("ntr_sender_doubt")
        if doubt:
            values_list = [
                dict(values, ntr_sender_doubt=doubt)
                if values.get("message_type") == "email"
                else values
                for values in values_list
            ]
        return super()._message_create(values_list)

    def _get_message_create_valid_field_names(self):
        return super()._get_message_create_valid_field_names() | {"ntr_sender_doubt"}

    def _tell_other_teams(self, teams):
        """The mail that made this ticket went to other teams too: theirs know it.

        :param teams: ``ntr.team`` whose mailboxes stood in it as well
        """
        lang = self.coordinator_id.lang or self.company_id.partner_id.lang
        translated = self.with_context(lang=lang).env
        for team in teams:
            self.message_post(
                body=translated._(
                    "The client wrote to team %s too; its coordinator was told that "
                    "this team answers.",
                    team.name,
                ),
                subtype_xmlid="mail.mt_note",
            )
            self._tell_staff(
                "helpdesk_ntr.mail_template_other_team",
                team.coordinator_id.partner_id,
                reason=team.name,
            )

    # ------------------------------------------------------------
    # Who is it?
    # ------------------------------------------------------------

    @api.depends("partner_id", "email_from")
    def _compute_sender_choices(self):
        for ticket in self:
            is_asked = ticket._origin and ticket.email_from and not ticket.partner_id
            ticket.sender_choices = is_asked and ticket._get_sender_choices() or False

    def _get_sender_choices(self):
        """Contacts of whom any may be the sender.

        :return: list of {"id", "name", "firm"}
        """
        address = email_normalize(self.email_from, strict=False) or ""
        senders = self.env["res.partner"]._get_ntr_senders(address)
        contacts = self.env["res.partner"].browse([it.id for it in senders])
        allowed = contacts._filtered_access("read").filtered(
            lambda it: it.company_id in (it.env["res.company"], self.company_id)
        )
        return [
            {
                "id": contact.id,
                "name": contact.name,
                "firm": contact.parent_id and contact.commercial_partner_id.name,
            }
            for contact in allowed[:MAX_CHOICES]
        ]
