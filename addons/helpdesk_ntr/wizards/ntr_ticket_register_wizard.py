from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import clean_context, email_normalize, plaintext2html

from ..models.ntr_priority_rule import IMPACTS, URGENCIES
from ..models.ntr_ticket_properties import PROPERTIES, mark_as_changed
from ..tools import phone, ticket_fields

# What a call can be about; beyond that the client is shown where they stand.
OPEN_STATES = ("new", "open", "waiting", "solved")
SHOWN_TICKETS = 5
SHOWN_UNITS = 8
SHOWN_CONTACTS = 3
NEW_CONTACT = ("contact_name", "contact_phone", "contact_email", "contact_firm_id")


class NtrTicketRegisterWizard(models.TransientModel):
    """What a client said by phone or at the counter, or wrote on paper (S17, S85).

    It is registered, and what follows is done, by the verbs of the ticket in one
    transaction: either all of it happens, or a sentence says what is missing and the
    dialog stays as it is.
    """

    _name = "ntr.ticket.register.wizard"
    _description = "Register a request"

    channel_id = fields.Many2one(
        "ntr.channel",
        required=True,
        default=lambda self: self.env["ntr.channel"]._get_id("phone"),
        domain="['|', ('is_spoken', '=', True), ('code', 'in', ('fax', 'letter'))]",
    )
    channel_code = fields.Char(related="channel_id.code")
    is_spoken = fields.Boolean(related="channel_id.is_spoken")

    # Who asks
    partner_id = fields.Many2one(
        "res.partner",
        "Client",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner", "Firm", compute="_compute_commercial_partner_id"
    )
    partner_phone = fields.Char(related="partner_id.phone", related_sudo=False)
    partner_email = fields.Char(related="partner_id.email", related_sudo=False)
    client_mark = fields.Selection(
        related="commercial_partner_id.ntr_client_mark", related_sudo=False
    )
    client_note = fields.Text(
        related="commercial_partner_id.ntr_client_note", related_sudo=False
    )
    contact_name = fields.Char("Full name")
    contact_phone = fields.Char("Phone of the new contact")
    contact_email = fields.Char("E-mail of the new contact")
    contact_firm_id = fields.Many2one(
        "res.partner",
        "Firm of the new contact",
        domain="[('is_company', '=', True), '|', ('company_id', '=', False), "
        "('company_id', '=', company_id)]",
    )
    known_ids = fields.Many2many(
        "res.partner", string="Known already", compute="_compute_known_ids"
    )

    # What we have of him
    equipment_ids = fields.Many2many("ntr.equipment", compute="_compute_of_client")
    open_ticket_ids = fields.Many2many(
        "ntr.ticket",
        "ntr_register_open_rel",
        string="Open tickets",
        compute="_compute_of_client",
    )
    duplicate_ids = fields.Many2many(
        "ntr.ticket",
        "ntr_register_duplicate_rel",
        string="Likely doubles",
        compute="_compute_duplicate_ids",
    )
    ticket_id = fields.Many2one(
        "ntr.ticket",
        "Add to",
        compute="_compute_ticket_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('commercial_partner_id', '=', commercial_partner_id), "
        "('state', 'in', ('new', 'open', 'waiting', 'solved'))]",
        help="What he says now belongs to a ticket that he has already.",
    )

    # What he asks
    name = fields.Char("Subject")
    description = fields.Text("What the client says")
    company_id = fields.Many2one(related="team_id.company_id")
    team_id = fields.Many2one(
        "ntr.team",
        compute="_compute_team_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    kind_id = fields.Many2one("ntr.ticket.kind")
    category_id = fields.Many2one(
        "ntr.ticket.category",
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
    )
    equipment_id = fields.Many2one(
        "ntr.equipment",
        "Unit",
        compute="_compute_equipment_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('commercial_partner_id', '=?', commercial_partner_id)]",
    )
    urgency = fields.Selection(URGENCIES)
    impact = fields.Selection(IMPACTS)
    incoming_number = fields.Char()
    incoming_date = fields.Date()
    attachment_ids = fields.Many2many("ir.attachment", string="Scan")
    team_properties = fields.Properties(
        "Fields of the team",
        definition="team_id.team_properties_definition",
        precompute=False,
    )
    category_properties = fields.Properties(
        "Fields of the category",
        definition="category_id.ticket_properties_definition",
        precompute=False,
    )
    asked_team_properties = fields.Json(compute="_compute_asked")
    asked_category_properties = fields.Json(compute="_compute_asked")
    refusal = fields.Text(compute="_compute_refusal")

    # What comes of it
    outcome = fields.Selection(
        [
            ("register", "Just register"),
            ("solve", "Solved at once"),
            ("pass_on", "Pass on"),
            ("take", "I take it"),
        ],
        required=True,
        default="register",
    )
    solution = fields.Text()
    cause_id = fields.Many2one(
        "ntr.ticket.cause",
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
    )
    is_cause_required = fields.Boolean(compute="_compute_is_cause_required")
    line_id = fields.Many2one("ntr.support.line")
    reason = fields.Char(
        help="For the colleague who gets it; the client does not read it."
    )
    registered_id = fields.Many2one("ntr.ticket", readonly=True)

    # ------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------

    @api.depends("partner_id", "contact_firm_id")
    def _compute_commercial_partner_id(self):
        for wizard in self:
            partner = wizard.partner_id or wizard.contact_firm_id
            wizard.commercial_partner_id = partner.commercial_partner_id

    @api.depends("partner_id", "contact_phone", "contact_email")
    def _compute_known_ids(self):
        """Contacts that the new one may be: with his number or his address."""
        partners = self.env["res.partner"].sudo(False)
        for wizard in self:
            domain = wizard._get_known_domain()
            wizard.known_ids = (
                partners.search(domain, limit=SHOWN_CONTACTS)
                if not domain.is_false()
                else False
            )

    def _get_known_domain(self):
        if self.partner_id:
            return Domain.FALSE
        domain = Domain.FALSE
        if len(phone.get_digits(self.contact_phone)) >= phone.LOCAL:
            domain |= self.env["res.partner"]._get_ntr_phone_domain(self.contact_phone)
        email = email_normalize(self.contact_email)
        if email:
            domain |= Domain("email_normalized", "=", email)
        return domain

    @api.depends("commercial_partner_id")
    def _compute_of_client(self):
        for wizard in self.sudo(False):
            client = wizard.commercial_partner_id._origin
            tickets, units = wizard.env["ntr.ticket"], wizard.env["ntr.equipment"]
            if client:
                of_client = Domain("commercial_partner_id", "=", client.id)
                tickets = tickets.search(
                    of_client & Domain("state", "in", OPEN_STATES),
                    order="id desc",
                    limit=SHOWN_TICKETS,
                )
                units = units.search(of_client, limit=SHOWN_UNITS)
            wizard.open_ticket_ids = tickets
            wizard.equipment_ids = units

    @api.depends("partner_id", "equipment_id", "name", "team_id", "ticket_id")
    def _compute_duplicate_ids(self):
        for wizard in self:
            found = []
            if wizard.partner_id and wizard.name and not wizard.ticket_id:
                found = wizard._make_draft()._find_duplicates()
            wizard.duplicate_ids = self.env["ntr.ticket"].browse(
                [id_ for id_, __, __ in found]
            )

    def _make_draft(self):
        """The ticket as it would be, to look for what is like it."""
        return (
            self.env["ntr.ticket"]
            .sudo(False)
            .new(
                {
                    "name": self.name,
                    "partner_id": self.partner_id._origin.id,
                    "equipment_id": self.equipment_id._origin.id,
                    "team_id": self.team_id._origin.id,
                    "company_id": self.team_id.company_id.id,
                }
            )
        )

    @api.depends("commercial_partner_id")
    def _compute_ticket_id(self):
        """A ticket of another client is not added to."""
        for wizard in self:
            ticket = wizard.ticket_id
            if ticket.commercial_partner_id != wizard.commercial_partner_id:
                wizard.ticket_id = False

    @api.depends("commercial_partner_id")
    def _compute_equipment_id(self):
        for wizard in self:
            owner = wizard.equipment_id.commercial_partner_id
            if owner != wizard.commercial_partner_id:
                wizard.equipment_id = False

    @api.depends("category_id")
    def _compute_team_id(self):
        """The team of the category, unless somebody chose one; at first his own."""
        own_id = self.env["ntr.ticket"]._default_team_id()
        for wizard in self:
            if wizard.team_id.id in (False, own_id):
                wizard.team_id = wizard._get_team_id_of_category() or own_id

    def _get_team_id_of_category(self):
        team_id = self.category_id._get_defaults().get("team_id")
        # whatever reads this first may do so with all rights
        tickets = self.env["ntr.ticket"].sudo(False)
        return team_id and tickets._may_use_team(team_id, None) and team_id

    @api.depends("kind_id")
    def _compute_is_cause_required(self):
        for wizard in self:
            kind = wizard.kind_id
            wizard.is_cause_required = not kind or kind.cause_required

    @api.depends("partner_id", "team_id", "kind_id", "ticket_id")
    def _compute_refusal(self):
        for wizard in self:
            wizard.refusal = (
                not wizard.ticket_id
                and wizard.partner_id._get_ntr_refusal(wizard.team_id, wizard.kind_id)
            )

    @api.depends("team_id", "category_id", "outcome")
    def _compute_asked(self):
        """Fields of team and category without which it is refused."""
        for wizard in self:
            moments = ticket_fields.MOMENTS
            if wizard.outcome != "solve":
                moments = ("creation",)
            for name in PROPERTIES:
                asked = ticket_fields.get_asked(wizard._get_defined(name), moments)
                wizard[f"asked_{name}"] = asked or False

    def _get_defined(self, name):
        """The fields that team or category add, with the values they begin with."""
        container_sudo = self[PROPERTIES[name]].sudo()
        definition = container_sudo[self._fields[name].definition_record_field] or []
        return [dict(it, value=it.get("default")) for it in definition]

    @api.onchange("team_id")
    def _onchange_team_id(self):
        self._show_fields("team_properties")

    @api.onchange("category_id")
    def _onchange_category_id(self):
        self._show_fields("category_properties")

    def _show_fields(self, name):
        """Show the fields of the team or category that was chosen now."""
        values = ticket_fields.get_values(self._get_defined(name))
        self[name] = mark_as_changed(values, self[PROPERTIES[name]])

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_register(self):
        """Do what was chosen, and say which ticket it became.

        :return: the action that closes the dialog with a word
        :raises UserError: what is missing, or what may not be done
        """
        self.ensure_one()
        self.check_access("write")
        ticket = self._register_once()
        # what he passed on may be out of his sight now
        number = (
            ticket.sudo().number
            if ticket.sudo().create_uid == self.env.user
            else ticket.number
        )
        sentence = (
            self.env._("Added to %s.", number)
            if self.ticket_id
            else self.env._("Registered under the number %s.", number)
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": sentence,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_register_open(self):
        """Do what was chosen, and go to the ticket."""
        self.ensure_one()
        self.check_access("write")
        ticket = self._register_once()
        if not ticket.has_access("read"):
            return self.action_register()
        return {
            "type": "ir.actions.act_window",
            "res_model": ticket._name,
            "res_id": ticket.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------
    # Registering
    # ------------------------------------------------------------

    def _register_once(self):
        """The ticket that what was typed here belongs to; once, however often it is
        asked for."""
        if not self.registered_id:
            ticket = (
                self._add_to_ticket() if self.ticket_id else self._register_ticket()
            )
            self.registered_id = ticket
        return self.registered_id

    def _add_to_ticket(self):
        """What he says is a message of his to a ticket that he has."""
        ticket, files = self.ticket_id, self._get_files()
        if not (self.description or files):
            raise UserError(self.env._("Write what the client says."))
        ticket._adopt_files(files)
        ticket._post_for_client(
            self._get_contact(), self.channel_id, self.description, files
        )
        return ticket

    def _register_ticket(self):
        ticket = self.env["ntr.ticket"].create(self._prepare_ticket_values())
        ticket._adopt_files(self._get_files())
        self._get_outcomes()[self.outcome](ticket)
        return ticket

    def _get_outcomes(self):
        """{outcome: method} of what is done with the new ticket."""
        return {
            "register": lambda ticket: None,
            "solve": self._solve,
            "pass_on": lambda ticket: ticket.pass_on(self.line_id.id, self.reason),
            "take": lambda ticket: ticket.take(),
        }

    def _solve(self, ticket):
        ticket._acknowledge_now()
        ticket.solve(self.solution, self.cause_id.id)

    def _prepare_ticket_values(self):
        """Values of the new ticket."""
        values = {
            "name": self.name,
            "description": self.description and plaintext2html(self.description),
            "partner_id": self._get_contact().id,
            "channel_id": self.channel_id.id,
            "team_id": self.team_id.id,
            "kind_id": self.kind_id.id,
            "category_id": self.category_id.id,
            "equipment_id": self.equipment_id.id,
            "urgency": self.urgency,
            "impact": self.impact,
            "incoming_number": self.incoming_number,
            "incoming_date": self.incoming_date,
        }
        if self.outcome != "register":
            # the category's executor has nothing to do with it
            values["user_id"] = False
        for name in PROPERTIES:
            filled = self._get_filled(name)
            if filled:
                values[name] = filled
        return values

    def _get_filled(self, name):
        """Values of the fields of team or category: {field: value}."""
        field, wizard_sudo = self._fields[name], self.sudo()
        present = field.convert_to_read(
            wizard_sudo[name], wizard_sudo, use_display_name=False
        )
        asked = self[f"asked_{name}"] or []
        filled = ticket_fields.get_values(present or [])
        return {
            **ticket_fields.get_values(self._get_defined(name)),
            **{key: value for key, value in filled.items() if key in asked},
        }

    def _get_files(self):
        """What was uploaded here; files of other records stay where they are."""
        foreign = self.attachment_ids.filtered(
            lambda file: file.res_model != self._name
            or file.create_uid != self.env.user
        )
        if foreign:
            raise UserError(self.env._("Attach the file itself, not one of a record."))
        return self.attachment_ids

    # ------------------------------------------------------------
    # The new contact
    # ------------------------------------------------------------

    def _get_contact(self):
        """Who asks: the contact that was found, or a new one, or nobody known."""
        if self.partner_id or not any(self[name] for name in NEW_CONTACT):
            return self.partner_id
        self._check_new_contact()
        # the caller chooses his context, and with it the defaults
        partners_sudo = self.env["res.partner"].sudo()
        partners_sudo = partners_sudo.with_context(clean_context(self.env.context))
        self.partner_id = partners_sudo.create(self._prepare_contact_values())
        return self.partner_id

    def _check_new_contact(self):
        """Refuse a contact without a name, and whoever may not enter one."""
        partners = self.env["res.partner"]
        if not (self.contact_name or "").strip():
            raise UserError(self.env._("Write the name of the new contact."))
        if self.contact_email and not email_normalize(self.contact_email):
            raise UserError(
                self.env._("“%s” is no e-mail address.", self.contact_email)
            )
        # who receives clients enters them, and may do nothing else with contacts
        is_dispatcher = self.env.user.has_group("helpdesk_ntr.group_dispatcher")
        if not is_dispatcher and not partners.has_access("create"):
            raise UserError(
                self.env._(
                    "Only a dispatcher enters new contacts. Choose one that is known, "
                    "or leave the fields of the new contact empty and write who asks "
                    "into the text."
                )
            )

    def _prepare_contact_values(self):
        """Values of the new contact; nothing but what stands in the dialog."""
        firm = self.contact_firm_id
        return {
            "name": self.contact_name.strip(),
            "phone": self.contact_phone,
            "email": self.contact_email,
            "parent_id": firm.id,
            "company_id": firm.company_id.id,
            "is_company": False,
        }
