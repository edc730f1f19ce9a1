from datetime import datetime, time, timedelta

import pytz
from babel.units import format_unit

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date
from odoo.tools.misc import babel_locale_parse

from ..tools import recurrence
from .ntr_ticket_department import serves
from .ntr_ticket_verbs import GROUP_COORDINATOR, GROUP_DISPATCHER

# What dates are counted by.
RULE_FIELDS = {"next_date", "interval_number", "interval_type"}
# How many coming dates a form shows.
COMING = 5


class NtrRecurringWork(models.Model):
    """Planned work that comes round: a ticket is made ahead of each date (S162, S173).

    Dates are counted from ``anchor_date``, see ``tools.recurrence``. What makes other
    tickets, or at other times, extends ``_prepare_ticket_values``, ``_get_next_date``
    and ``_is_to_be_made``.
    """

    _name = "ntr.recurring.work"
    _description = "Recurring work"
    _inherit = ["ntr.verb.mixin", "ntr.due.mixin"]
    _order = "next_date, id"
    _check_company_auto = True

    # What its tickets are
    name = fields.Char("Subject", required=True)
    description = fields.Html(prefetch=False)
    active = fields.Boolean(default=True)
    team_id = fields.Many2one(
        "ntr.team",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self._default_team_id(),
    )
    company_id = fields.Many2one(
        related="team_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Client"
    )
    equipment_id = fields.Many2one(
        "ntr.equipment", "Unit", index="btree_not_null", check_company=True
    )
    kind_id = fields.Many2one("ntr.ticket.kind")
    category_id = fields.Many2one(
        "ntr.ticket.category",
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
    )
    user_id = fields.Many2one(
        "res.users",
        "Executor",
        index="btree_not_null",
        domain=[("share", "=", False)],
        help="Gets each ticket, as long as he may see it. Empty: as other tickets of "
        "the team are assigned.",
    )
    planned_hours = fields.Float(help="How much work it is each time.")

    # When it is done
    interval_number = fields.Integer("Every", required=True, default=1)
    interval_type = fields.Selection(
        [("day", "days"), ("week", "weeks"), ("month", "months"), ("year", "years")],
        "Period",
        required=True,
        default="month",
    )
    interval_text = fields.Char("How often", compute="_compute_interval_text")
    next_date = fields.Date(
        "Next on",
        required=True,
        index=True,
        help="The day for which the next ticket is planned. Later days are counted "
        "from it; what is due on the 31st is due on the last day of a shorter month.",
    )
    anchor_date = fields.Date("Counted from", readonly=True, copy=False)
    end_date = fields.Date(
        "Last day", help="After this day no ticket is made. Empty: without end."
    )
    lead_days = fields.Integer(
        "Days ahead", help="How many days before its day a ticket is made. 0: that day."
    )
    coming_dates = fields.Char(compute="_compute_coming_dates")
    is_over = fields.Boolean("Over", compute="_compute_is_over")

    # What was made
    due_at = fields.Datetime(
        "Next ticket is made",
        compute="_compute_due_at",
        store=True,
        help="When the day on which the next ticket is made begins for the team.",
    )
    due_failure = fields.Text(
        "Set aside",
        readonly=True,
        copy=False,
        help="Why the ticket that was due could not be made.",
    )
    ticket_ids = fields.One2many("ntr.ticket", "recurring_work_id", "Tickets made")
    ticket_count = fields.Integer("Number of tickets", compute="_compute_ticket_count")

    _interval_bounds = models.Constraint(
        "CHECK(interval_number BETWEEN 1 AND 999)",
        "Work comes round every so many days, weeks, months or years: at least 1, at "
        "most 999.",
    )
    _lead_bounds = models.Constraint(
        "CHECK(lead_days BETWEEN 0 AND 365)",
        "A ticket is made on its day or up to 365 days before.",
    )
    _date_bounds = models.Constraint(
        "CHECK(next_date BETWEEN '1900-01-01' AND '2999-12-31')",
        "Choose a next date between 1900 and 2999.",
    )
    _planned_hours_positive = models.Constraint(
        "CHECK(planned_hours >= 0)", "Planned hours cannot be negative."
    )
    _due_idx = models.Index("(due_at) WHERE active IS TRUE AND due_failure IS NULL")

    # ------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------

    def _default_team_id(self):
        return self.env["ntr.ticket"]._default_team_id()

    @api.depends("equipment_id")
    def _compute_partner_id(self):
        for work in self:
            work.partner_id = work.partner_id or work.equipment_id.partner_id

    @api.depends("interval_number", "interval_type")
    @api.depends_context("lang")
    def _compute_interval_text(self):
        for work in self:
            work.interval_text = work._get_interval_text()

    def _get_interval_text(self):
        """How often, as a sentence in the user's language."""
        if not self.interval_type:
            return False
        if self.interval_number == 1:
            return {
                "day": self.env._("Every day"),
                "week": self.env._("Every week"),
                "month": self.env._("Every month"),
                "year": self.env._("Every year"),
            }[self.interval_type]
        # languages have several plurals, which the translations of Odoo do not know
        period = format_unit(
            self.interval_number,
            f"duration-{self.interval_type}",
            locale=babel_locale_parse(self.env.lang or "en_US"),
        )
        return self.env._("Every %s", period)

    @api.depends("end_date", "lead_days", *RULE_FIELDS)
    @api.depends_context("lang")
    def _compute_coming_dates(self):
        for work in self:
            dates = (format_date(self.env, day) for day in work._get_coming_dates())
            work.coming_dates = ", ".join(dates)

    def _get_coming_dates(self):
        """The next dates, those of a form that is being filled in too."""
        if not self._has_sane_dates():
            return []
        rule = (self._get_anchor(), self.interval_number, self.interval_type)
        dates = [self.next_date]
        while len(dates) < COMING:
            dates.append(recurrence.get_next(*rule, dates[-1]))
        last = self.end_date
        return [day for day in dates if not last or day <= last]

    @api.depends("next_date", "end_date", "team_id")
    def _compute_is_over(self):
        for work in self:
            work.is_over = work._is_over()

    @api.depends(
        "next_date",
        "interval_number",
        "end_date",
        "lead_days",
        "team_id.resource_calendar_id.tz",
        "team_id.company_id.resource_calendar_id.tz",
    )
    def _compute_due_at(self):
        for work in self:
            last = work.end_date
            is_due = work._has_sane_dates() and not (last and last < work.next_date)
            work.due_at = is_due and work._get_due_at()

    def _has_sane_dates(self):
        """Whether dates can be counted: the database refuses others, but only later."""
        return (
            self.next_date
            and 1900 <= self.next_date.year < 3000
            and 1 <= self.interval_number <= 999
            and 0 <= self.lead_days <= 365
        )

    def _get_due_at(self):
        """The first moment of the day on which the next ticket is made, naive UTC."""
        day = self.next_date - timedelta(days=self.lead_days)
        start = self._get_zone().localize(datetime.combine(day, time()))
        return start.astimezone(pytz.utc).replace(tzinfo=None)

    def _compute_ticket_count(self):
        counts = dict(
            self.env["ntr.ticket"]._read_group(
                [("recurring_work_id", "in", self.ids)],
                ["recurring_work_id"],
                ["__count"],
            )
        )
        for work in self:
            work.ticket_count = counts.get(work, 0)

    # ------------------------------------------------------------
    # What is refused
    # ------------------------------------------------------------

    @api.constrains("name")
    def _check_name(self):
        for work in self:
            self.env["ntr.ticket"]._check_subject(work.name)

    @api.constrains("partner_id", "equipment_id")
    def _check_equipment(self):
        for work in self:
            refusal = work._get_equipment_refusal()
            if refusal:
                raise ValidationError(refusal)

    def _get_equipment_refusal(self):
        """Why tickets for this client cannot be about this unit, or nothing."""
        work = self.sudo()
        unit, client = work.equipment_id, work.partner_id.commercial_partner_id
        if not unit or unit.commercial_partner_id == client:
            return False
        return self.env._(
            "Unit “%(unit)s” does not belong to client “%(client)s”. Choose a unit of "
            "that client, or another client.",
            unit=unit.display_name,
            client=client.display_name or "",
        )

    @api.constrains("category_id", "team_id")
    def _check_category(self):
        for work in self:
            if not serves(work.category_id, work.team_id):
                raise ValidationError(
                    self.env._(
                        "Category “%(category)s” is not one of team “%(team)s”. Choose "
                        "a category of that team.",
                        category=work.category_id.display_name,
                        team=work.team_id.name,
                    )
                )

    @api.constrains("user_id")
    def _check_user(self):
        if any(user.share for user in self.sudo().user_id):
            raise ValidationError(
                self.env._("Only an active colleague can be an executor.")
            )

    # ------------------------------------------------------------
    # Doors
    # ------------------------------------------------------------

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {
            "anchor_date",
            "due_at",
            "due_failure",
            "ticket_ids",
        }

    def _create_values(self, vals_list):
        return super()._create_values(
            [dict(vals, anchor_date=vals.get("next_date")) for vals in vals_list]
        )

    def write(self, vals):
        if not RULE_FIELDS & vals.keys():
            return super().write(vals)
        self._refuse_derived(vals)
        for work in self:
            old = work._get_rule()
            work._write_values(vals)
            anchor = work._find_anchor(*old)
            if anchor != work.anchor_date:
                work._write_values({"anchor_date": anchor})
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_without_tickets(self):
        for work in self.sudo().with_context(active_test=False):
            if work.ticket_ids:
                raise UserError(
                    self.env._(
                        "“%s” has made tickets, which lead to it. Archive it: then it "
                        "makes no more.",
                        work.name,
                    )
                )

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", work.name))
            for work, vals in zip(self, super().copy_data(default=default), strict=True)
        ]

    # ------------------------------------------------------------
    # Dates
    # ------------------------------------------------------------

    def _get_rule(self):
        """What the dates are now: (next one, anchor, number, unit)"""
        return (
            self.next_date,
            self.anchor_date,
            self.interval_number,
            self.interval_type,
        )

    def _get_anchor(self):
        """What dates are counted from, in a form that is being filled in too."""
        return self._find_anchor(*self._origin._get_rule())

    def _find_anchor(self, old_date, old_anchor, old_number, old_unit):
        """What dates are counted from, now that the rule was another before.

        A new date is counted from itself. A new period is counted from the next date,
        and what was due on each 31st stays so.
        """
        day, number, unit = self.next_date, self.interval_number, self.interval_type
        if day != old_date or not old_anchor:
            return day
        if (number, unit) == (old_number, old_unit):
            return old_anchor
        return recurrence.find_anchor(day, old_anchor.day, number, unit)

    def _get_next_date(self, after):
        """The first date after that day; what plans otherwise extends this.

        :param date after: a day on or after the anchor
        """
        self.ensure_one()
        return recurrence.get_next(
            self.anchor_date, self.interval_number, self.interval_type, after
        )

    def _get_zone(self):
        return pytz.timezone(self.team_id.sudo()._get_calendar().tz or "UTC")

    def _get_today(self):
        """What day it is where the team works."""
        now = pytz.utc.localize(fields.Datetime.now())
        return now.astimezone(self._get_zone()).date()

    def _is_over(self):
        last = self.end_date
        if not last or not self.next_date:
            return False
        return last < self.next_date or last < self._get_today()

    def _get_dates_to_make(self):
        """The dates that one ticket stands for, in their order; it is that of the last.

        Where dates have gone by without a ticket, because the server was off, several
        tickets for the same work on one day would help nobody.
        """
        dates = [self.next_date]
        latest = min(filter(None, (self._get_today(), self.end_date)))
        while (day := self._get_next_date(dates[-1])) <= latest:
            dates.append(day)
        return dates

    # ------------------------------------------------------------
    # Making tickets
    # ------------------------------------------------------------

    def _is_to_be_made(self):
        """Whether the ticket of the next date is to be made now, by itself.

        What has a reason to wait answers no, and is asked again an hour later.
        """
        self.ensure_one()
        is_due = self.due_at and self.due_at <= fields.Datetime.now()
        return bool(
            self.active and is_due and not self.due_failure and not self._is_over()
        )

    def _make(self):
        """Make the ticket of the next date and move on, in one transaction.

        :return: the ticket, with the rights of the help desk
        """
        self.ensure_one()
        obstacles = self._get_obstacles()
        if obstacles:
            raise UserError("\n".join(obstacles))
        *passed, day = self._get_dates_to_make()
        ticket = self._make_ticket(day)
        self.sudo()._write_values(
            {"next_date": self._get_next_date(day), "due_failure": False}
        )
        if passed:
            ticket.message_post(body=self._get_note_of_passed(passed))
        return ticket

    def _get_obstacles(self):
        """Sentences that say why no ticket can be made, and what to do."""
        work = self.sudo()
        gone = [
            it
            for it in (work.team_id, work.partner_id, work.equipment_id)
            if it and not it.active
        ]
        obstacles = [
            self.env._(
                "“%s” is archived. Choose another one in the recurring work, or "
                "archive the work too.",
                it.display_name,
            )
            for it in gone
        ]
        refusal = self._get_equipment_refusal()
        return [*obstacles, refusal] if refusal else obstacles

    def _make_ticket(self, day):
        """The ticket of that date, with its executor. Nobody asked, so the client gets
        no acknowledgement."""
        tickets = self.env["ntr.ticket"].sudo()
        tickets = tickets.with_context(ntr_mail_withheld=("acknowledge",))
        ticket = tickets._create_tickets([self._prepare_ticket_values(day)])
        if tickets._is_registered_by_person():
            ticket._check_client_may_ask()
        self._assign(ticket)
        return ticket

    def _prepare_ticket_values(self, date):
        """Values of the ticket of a date; what makes other tickets extends this.

        :param date date: the day for which it is planned
        """
        work = self.sudo()
        values = {
            "name": work.name,
            "description": work.description,
            "team_id": work.team_id.id,
            "partner_id": work.partner_id.id,
            "equipment_id": work.equipment_id.id,
            "kind_id": work.kind_id.id,
            "category_id": work.category_id.id,
            "channel_id": self.env["ntr.channel"]._get_id("planned"),
            "planned_hours": work.planned_hours,
            "planned_start": date,
            "recurring_work_id": work.id,
            "recurring_date": date,
            # no client waits for an answer
            "unanswered_since": False,
        }
        if work.user_id:
            # he gets it by the verb, which asks whether he may see it
            values["user_id"] = False
        return values

    def _assign(self, ticket):
        """Give the ticket to the executor, unless he does not see such tickets."""
        user = self.sudo().user_id
        if not user:
            return
        if user.active and user in ticket._filter_assignable(user):
            ticket._assign(user)
        else:
            ticket.message_post(
                body=self.env._(
                    "%s cannot have this ticket: he may not see it. Assign it to "
                    "somebody else, and choose another executor in the recurring work.",
                    user.name,
                )
            )

    def _get_note_of_passed(self, dates):
        """What is said in a ticket that stands for several dates."""
        return self.env._(
            "Dates that went by without a ticket: %(count)s, the last of them on "
            "%(day)s. This ticket stands for them too.",
            count=len(dates),
            day=format_date(self.env, dates[-1]),
        )

    # ------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------

    @api.model
    def _get_verb_groups(self, verb):
        return (GROUP_DISPATCHER,) if verb == "make_now" else (GROUP_COORDINATOR,)

    def _check_verb(self, verb):
        """Making a ticket changes nothing of the plan: reading it is enough."""
        if verb != "make_now" or self.env.su:
            return super()._check_verb(verb)
        groups = self._get_verb_groups(verb)
        if not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(self._get_verb_refusal())
        return self.check_access("read")

    def make_now(self):
        """Make the ticket of the next date at once and move on to the following one.

        Where several dates have gone by, one ticket is made, for the latest of them.

        :return: id of the ticket
        :raises AccessError: the user is no dispatcher, or does not see this work
        :raises UserError: archived or ended, or somebody is making it just now
        """
        self.ensure_one()
        self._check_verb("make_now")
        if not self.sudo().try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._(
                    "Somebody is just making this ticket. Look again in a moment."
                )
            )
        if not self.active:
            raise UserError(
                self.env._("“%s” is archived. Take it out of the archive.", self.name)
            )
        if self._is_over():
            raise UserError(
                self.env._(
                    "“%(work)s” ended on %(day)s. Choose a later last day.",
                    work=self.name,
                    day=format_date(self.env, self.end_date),
                )
            )
        return self._make().id

    def action_make_now(self):
        """Button: make the ticket whose date stands there, and show it."""
        self.ensure_one()
        shown = fields.Date.to_date(self.env.context.get("shown_date"))
        if shown and shown != self.next_date:
            raise UserError(
                self.env._(
                    "The ticket of %s has been made meanwhile.",
                    format_date(self.env, shown),
                )
            )
        ticket_id = self.make_now()
        return {
            "type": "ir.actions.act_window",
            "res_model": "ntr.ticket",
            "res_id": ticket_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_retry_due(self):
        """Button: let the help desk try again what it had set aside."""
        self._check_verb("retry_due")
        self._write_values({"due_failure": False})
        self.env.ref("helpdesk_ntr.ir_cron_recurring_work").sudo()._trigger()

    def action_open_tickets(self):
        """Button: the tickets that were made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_ntr.ntr_ticket_action"
        )
        action["domain"] = [("recurring_work_id", "=", self.id)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------
    # Scheduled
    # ------------------------------------------------------------

    @api.model
    def _cron_make_tickets(self, limit=100):
        """Make the tickets that are due, each once."""
        self._work_off(self._get_due_domain(), "_make_due", limit, "due_at, id")

    @api.model
    def _get_due_domain(self):
        now = fields.Datetime.now()
        # teams live in many zones: which day it is there is looked at one by one
        yesterday = now.date() - timedelta(days=1)
        return [
            ("active", "=", True),
            ("due_at", "<=", now),
            ("due_failure", "=", False),
            "|",
            ("end_date", "=", False),
            ("end_date", ">=", yesterday),
        ]

    def _make_due(self):
        """Make the ticket, in the language of the company."""
        work = self.with_context(lang=self.company_id.partner_id.lang)
        if work._is_to_be_made():
            work._make()

    def _set_due_aside(self, failure):
        self._write_values({"due_failure": failure})
