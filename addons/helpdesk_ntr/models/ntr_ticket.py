from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .ntr_ticket_stage import ENDED_STATES, WAITING_ON

PRIORITIES = [
    ("0", "Normal"),
    ("1", "Medium"),
    ("2", "Urgent"),
    ("3", "Critical"),
]
STAFF = "base.group_user"

# Characters of a subject: it stands on one line of lists, letters and reports.
MAX_SUBJECT = 300


class NtrTicket(models.Model):
    """A request of a client.

    What is written here is the record and its doors; what happens to a ticket is in
    ``ntr_ticket_verbs``, what is said in it in ``ntr_ticket_mail``.
    """

    _name = "ntr.ticket"
    _description = "Ticket"
    _inherit = [
        "ntr.verb.mixin",
        "ntr.due.mixin",
        "portal.mixin",
        "mail.thread.cc",
        "rating.mixin",
        "mail.activity.mixin",
        "mail.tracking.duration.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["number", "name"]
    _primary_email = "email_from"
    _mail_post_access = "read"
    _mail_thread_customer = True
    _check_company_auto = True
    _track_duration_field = "stage_id"

    # What is asked, and by whom
    number = fields.Char(readonly=True, copy=False, default="/", index="trigram")
    name = fields.Char("Subject", required=True, tracking=True, index="trigram")
    # Lists need no long texts, so these are read only when they are asked for.
    description = fields.Html(prefetch=False)
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        tracking=True,
        index=True,
        check_company=True,
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        "Client",
        compute="_compute_commercial_partner_id",
        store=True,
        precompute=True,
        index=True,
        help="The firm of the contact when he asked: a contact who changes "
        "employer leaves his old tickets with the old firm.",
    )
    email_from = fields.Char(
        "E-mail",
        compute="_compute_email_from",
        store=True,
        readonly=False,
        precompute=True,
        index="trigram",
    )
    channel_id = fields.Many2one("ntr.channel", index="btree_not_null", groups=STAFF)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self._default_company_id(),
    )
    lang = fields.Char("Language of the client", compute="_compute_lang", groups=STAFF)

    # Who answers
    team_id = fields.Many2one(
        "ntr.team",
        tracking=True,
        index=True,
        check_company=True,
        default=lambda self: self._default_team_id(),
    )
    line_id = fields.Many2one(
        "ntr.support.line",
        tracking=True,
        index="btree_not_null",
        groups=STAFF,
        domain="[('team_id', '=', team_id)]",
    )
    line_level = fields.Selection(related="line_id.level", groups=STAFF)
    user_id = fields.Many2one(
        "res.users",
        "Executor",
        tracking=True,
        index="btree_not_null",
        domain=[("share", "=", False)],
        copy=False,
        groups=STAFF,
    )
    coordinator_id = fields.Many2one(
        "res.users",
        tracking=True,
        domain=[("share", "=", False)],
        groups=STAFF,
    )
    accountable_id = fields.Many2one(
        "res.users",
        compute="_compute_accountable_id",
        groups=STAFF,
        help="The executor, else the manager of the line, else the coordinator.",
    )
    is_confidential = fields.Boolean(
        "Confidential",
        tracking=True,
        groups=STAFF,
        help="Read only by the executor, the manager of the line, the coordinator, the "
        "people named here and directors. Who looked at it is recorded.",
    )
    confidant_ids = fields.Many2many(
        "res.users",
        "ntr_ticket_confidant_rel",
        string="Shared with",
        domain=[("share", "=", False)],
        copy=False,
        groups=STAFF,
        help="Colleagues who may read this confidential ticket too.",
    )

    # What it is
    kind_id = fields.Many2one("ntr.ticket.kind", tracking=True, index="btree_not_null")
    category_id = fields.Many2one(
        "ntr.ticket.category",
        tracking=True,
        index="btree_not_null",
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
    )
    tag_ids = fields.Many2many("ntr.ticket.tag", string="Tags", groups=STAFF)
    priority = fields.Selection(
        PRIORITIES,
        compute="_compute_priority",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
        groups=STAFF,
    )
    equipment_id = fields.Many2one(
        "ntr.equipment",
        "Unit",
        tracking=True,
        index="btree_not_null",
        check_company=True,
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    invoice_ids = fields.Many2many(
        "account.move", string="Invoices", groups=STAFF, copy=False
    )
    lead_id = fields.Many2one(
        "crm.lead", "Opportunity", index="btree_not_null", groups=STAFF, copy=False
    )

    # Where it stands
    stage_id = fields.Many2one(
        "ntr.ticket.stage",
        required=True,
        tracking=True,
        index=True,
        ondelete="restrict",
        copy=False,
        group_expand="_read_group_stage_ids",
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
    )
    state = fields.Selection(related="stage_id.state", store=True, precompute=True)
    waiting_on = fields.Selection(
        WAITING_ON,
        "Waiting for",
        default="us",
        readonly=True,
        copy=False,
        groups=STAFF,
    )
    waiting_since = fields.Datetime(readonly=True, copy=False, groups=STAFF)
    unanswered_since = fields.Datetime(
        readonly=True,
        copy=False,
        groups=STAFF,
        help="When the client wrote what no person of ours has answered yet.",
    )
    last_event_at = fields.Datetime(
        "Last event", readonly=True, copy=False, groups=STAFF
    )
    date_last_stage_update = fields.Datetime(
        "In this stage since",
        compute="_compute_date_last_stage_update",
        store=True,
        precompute=True,
        groups=STAFF,
    )
    assigned_at = fields.Datetime(
        "Assigned on", readonly=True, copy=False, groups=STAFF
    )
    first_response_at = fields.Datetime(
        "First response", readonly=True, copy=False, groups=STAFF
    )
    first_solved_at = fields.Datetime(
        "First solved on", readonly=True, copy=False, groups=STAFF
    )
    solved_at = fields.Datetime("Solved on", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed on", readonly=True, copy=False)
    close_warning_at = fields.Datetime(
        "Warning due",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="When the client is warned that the ticket will be closed.",
    )
    close_due_at = fields.Datetime(
        "Closes by itself",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="When a solved ticket that nobody confirms is closed.",
    )
    reopen_count = fields.Integer(
        "Times reopened", readonly=True, copy=False, groups=STAFF
    )

    hop_count = fields.Integer(
        "Times passed on",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="How often it went from one line to another, back included.",
    )

    # What came of it
    rating_last_value = fields.Float(
        compute="_compute_rating_last_value", store=True, precompute=True
    )
    cause_id = fields.Many2one(
        "ntr.ticket.cause",
        index="btree_not_null",
        copy=False,
        groups=STAFF,
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
    )
    solution = fields.Html(copy=False, prefetch=False)
    prevention = fields.Html(
        "How to avoid it",
        copy=False,
        prefetch=False,
        help="Told to the client with the solution.",
    )
    merged_into_id = fields.Many2one(
        "ntr.ticket", readonly=True, copy=False, index="btree_not_null", groups=STAFF
    )
    previous_id = fields.Many2one(
        "ntr.ticket",
        "Continues",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=STAFF,
        help="The closed ticket that this one continues.",
    )
    next_ids = fields.One2many("ntr.ticket", "previous_id", groups=STAFF)
    # A list of what somebody may not read would refuse him the whole ticket.
    event_ids = fields.One2many(
        "ntr.ticket.event",
        "ticket_id",
        "Ledger",
        groups="helpdesk_ntr.group_engineer,helpdesk_ntr.group_external,"
        "helpdesk_ntr.group_finance",
        copy=False,
    )
    escalation_ids = fields.One2many(
        "ntr.escalation",
        "ticket_id",
        "Escalations",
        groups="helpdesk_ntr.group_engineer",
        copy=False,
    )

    _number_uniq = models.Constraint("UNIQUE(number)", "This number is taken.")
    _create_date_idx = models.Index("(create_date)")
    _open_idx = models.Index(
        "(priority DESC, id DESC) "
        "WHERE active IS TRUE AND state IN ('new', 'open', 'waiting')"
    )
    _close_due_idx = models.Index(
        "(close_due_at) WHERE active IS TRUE AND close_due_at IS NOT NULL"
    )

    # ------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------

    def _default_company_id(self):
        return self.env.company

    def _default_team_id(self):
        """The first team of whoever registers, else the first of the company."""
        company = self.env.company
        teams = self.env.user.sudo().ntr_desk_team_ids
        own = teams.filtered(lambda team: team.company_id == company and team.active)
        return own[:1].id or self.env["ntr.team"]._get_default_id(company.id)

    @api.depends("partner_id")
    def _compute_commercial_partner_id(self):
        for ticket in self:
            ticket.commercial_partner_id = ticket.partner_id.commercial_partner_id

    @api.depends("partner_id")
    def _compute_email_from(self):
        for ticket in self:
            if ticket.partner_id.email:
                ticket.email_from = ticket.partner_id.email

    @api.depends("equipment_id")
    def _compute_product_id(self):
        for ticket in self:
            ticket.product_id = ticket.equipment_id.product_id or ticket.product_id

    @api.depends("stage_id")
    def _compute_date_last_stage_update(self):
        self.date_last_stage_update = fields.Datetime.now()

    @api.depends("user_id", "line_id.manager_id", "coordinator_id")
    def _compute_accountable_id(self):
        for ticket in self:
            ticket.accountable_id = (
                ticket.user_id or ticket.line_id.manager_id or ticket.coordinator_id
            )

    @api.depends("partner_id.lang", "name", "description")
    def _compute_lang(self):
        for ticket in self:
            ticket.lang = ticket.partner_id.lang or ticket._guess_lang()

    def _guess_lang(self):
        """The language that an unknown sender writes in, of those installed."""
        text = f"{self.name or ''} {self.description or ''}"
        is_cyrillic = any("\u0400" <= letter <= "\u04ff" for letter in text)
        return self._get_lang_of_letters(is_cyrillic, self.company_id)

    @api.model
    def _get_lang_of_letters(self, is_cyrillic, company):
        """The installed language that is guessed from letters alone."""
        installed = [code for code, __ in self.env["res.lang"].get_installed()]
        wanted = "ru_RU" if is_cyrillic else "en_US"
        if wanted in installed:
            return wanted
        return company.partner_id.lang or installed[0]

    @api.depends("number", "name")
    def _compute_display_name(self):
        for ticket in self:
            ticket.display_name = (
                f"[{ticket.number}] {ticket.name}" if ticket._origin else ticket.name
            )

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for ticket in self:
            ticket.access_url = f"/my/requests/{ticket.id}"
        return result

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Kanban shows every stage of the team in view, also the empty ones."""
        team_id = self.env.context.get("default_team_id")
        return stages.sudo().search(
            ["|", ("id", "in", stages.ids), ("team_ids", "=", False)]
            if not team_id
            else [
                "|",
                ("id", "in", stages.ids),
                "|",
                ("team_ids", "=", False),
                ("team_ids", "in", team_id),
            ]
        )

    # ------------------------------------------------------------
    # Doors: create, write, delete
    # ------------------------------------------------------------

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {
            "number",
            "state",
            "waiting_on",
            "waiting_since",
            "unanswered_since",
            "last_event_at",
            "date_last_stage_update",
            "assigned_at",
            "first_response_at",
            "first_solved_at",
            "solved_at",
            "closed_at",
            "close_warning_at",
            "close_due_at",
            "reopen_count",
            "hop_count",
            "merged_into_id",
            "previous_id",
            "event_ids",
        }

    @api.model
    def _get_derived_sentence(self):
        return self.env._(
            "%s cannot be set by hand: the help desk fills it from what happens to the "
            "ticket."
        )

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        for vals in vals_list:
            self._refuse_derived(vals)
            self._check_subject(vals.get("name"))
        wanted_stages = [vals.get("stage_id") for vals in vals_list]
        tickets = self._create_tickets([dict(vals) for vals in vals_list])
        for ticket, stage_id in zip(tickets, wanted_stages, strict=True):
            if stage_id and ticket.stage_id.id != stage_id:
                ticket._route_stage(self._find_argument("ntr.ticket.stage", stage_id))
        return tickets

    def _create_tickets(self, vals_list):
        """Create tickets in their first stage and enter that into the ledger.

        The private door: derived fields may be given here.
        """
        defaults = self._get_create_defaults(vals_list)
        numbers = self._next_numbers(len(vals_list))
        for vals, number in zip(vals_list, numbers, strict=True):
            self._complete_values(vals, defaults)
            vals["number"] = number
        tickets = self._create_values(vals_list)
        tickets._on_created()
        return tickets

    @api.model
    def _get_create_defaults(self, vals_list):
        """Default team and channel, as far as a new ticket needs them."""
        names = [
            name
            for name in ("team_id", "channel_id")
            if any(not vals.get(name) for vals in vals_list)
        ]
        return self.default_get(names) if names else {}

    @api.model
    def _next_numbers(self, count):
        """Unique ticket numbers, as many as asked."""
        sequence = self.env["ir.sequence"].sudo()
        return [sequence.next_by_code("ntr.ticket") for __ in range(count)]

    @api.model
    def _complete_values(self, vals, defaults):
        """Fill in what a new ticket takes from its team and its channel.

        :param dict vals: values of one ticket, completed in place
        :param dict defaults: default team and channel
        """
        now = fields.Datetime.now()
        team = self.env["ntr.team"].browse(
            vals.setdefault("team_id", defaults.get("team_id"))
        )
        if team:
            team_values = team._get_defaults()
            vals.setdefault("company_id", team_values["company_id"])
            if not vals.get("coordinator_id"):
                vals["coordinator_id"] = team_values["coordinator_id"]
            if not vals.get("line_id"):
                vals["line_id"] = team._choose_line_id(vals)
            vals.setdefault("is_confidential", team_values["is_confidential"])
        vals["stage_id"] = team._get_stage_id("new")
        vals["last_event_at"] = now
        if not vals.get("channel_id"):
            vals["channel_id"] = defaults.get("channel_id") or self.env[
                "ntr.channel"
            ]._get_id("phone" if self.env.user._is_internal() else "portal")
        if vals["channel_id"] in self.env["ntr.channel"]._get_spoken_ids():
            vals.setdefault("first_response_at", now)
        else:
            vals.setdefault("unanswered_since", now)
        if vals.get("user_id"):
            vals["assigned_at"] = now

    @api.model
    def _check_subject(self, name):
        """Refuse a subject that says nothing, or too much for a line."""
        if not (isinstance(name, str) and name.strip()):
            raise UserError(self.env._("Write the subject in a few words."))
        if len(name) > MAX_SUBJECT:
            raise UserError(
                self.env._(
                    "A subject has at most %s characters. Put the rest into the text "
                    "of the request.",
                    MAX_SUBJECT,
                )
            )

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse_derived(vals)
        if "name" in vals:
            self._check_subject(vals["name"])
        routed = ("team_id", "line_id", "user_id", "stage_id")
        plain = {name: value for name, value in vals.items() if name not in routed}
        if plain:
            self._write_logged("classified", plain, only_if_changed=True)
        if "team_id" in vals:
            self._route_team(self._find_argument("ntr.team", vals["team_id"]))
        if "line_id" in vals:
            self._route_line(self._find_argument("ntr.support.line", vals["line_id"]))
        if "user_id" in vals:
            self._route_user(vals["user_id"])
        if "stage_id" in vals:
            self._route_stage(self._find_argument("ntr.ticket.stage", vals["stage_id"]))
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_only_cancelled(self):
        if any(ticket.state != "cancelled" for ticket in self):
            raise UserError(
                self.env._(
                    "Only a cancelled ticket can be deleted: what a client asked "
                    "must not get lost. Cancel it and say why."
                )
            )

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", ticket.name))
            for ticket, vals in zip(
                self, super().copy_data(default=default), strict=True
            )
        ]

    # ------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------

    def _on_created(self):
        """Tickets exist: ledger, due acknowledgement, the executor is told."""
        changes = {
            ticket.id: {
                name: [False, value]
                for name, value in ticket._get_ledger_values().items()
                if value
            }
            for ticket in self
        }
        for channel, tickets in self.sudo().grouped("channel_id").items():
            tickets._register_event("created", changes=changes, channel_id=channel.id)
        self._schedule_acknowledgements()
        for ticket in self.sudo().filtered("user_id"):
            ticket._on_assigned()

    # ------------------------------------------------------------
    # Concurrency
    # ------------------------------------------------------------

    def _lock(self):
        """Lock these tickets and read again what decides who may take them.

        Where another transaction holds one, PostgreSQL refuses at once and Odoo
        repeats the whole request: the second of two people who take a ticket then
        reads who has it.
        """
        self.flush_recordset()
        # the refusal is expected, so it is no error for the log
        self.env.cr.execute(
            SQL(
                "SELECT id FROM ntr_ticket WHERE id IN %s FOR NO KEY UPDATE NOWAIT",
                tuple(self.ids) or (0,),
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset(["user_id", "stage_id", "state", "line_id"])

    def _is_ended(self):
        self.ensure_one()
        return self.state in ENDED_STATES
