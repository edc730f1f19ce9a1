from odoo import api, fields, models

from .ntr_ticket import STAFF

# What decides whether somebody has to take a ticket, and who.
TAKING_FIELDS = {"user_id", "line_id", "team_id", "stage_id", "active"}
# What decides who is best at it.
CLASSIFYING_FIELDS = {"category_id", "kind_id", "equipment_id", "product_id"}
UNTAKEN_STATES = ("new", "open")
RETRY_SECONDS = 3600


class NtrTicket(models.Model):
    """A ticket that nobody has: the help desk gives it to somebody, as the team has
    chosen, or tells who is accountable that nobody takes it (S8, S192, C3.12).

    The moments are stored on the ticket; scheduled actions are woken up for them.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    take_due_at = fields.Datetime(
        "To be taken by",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="When the manager of the line is told that nobody has taken it.",
    )
    assign_due_at = fields.Datetime(
        "Assigned by itself",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="When the help desk gives it to the best suggestion.",
    )
    suggested_user_id = fields.Many2one(
        "res.users", "Suggested", compute="_compute_suggested_user_id", groups=STAFF
    )

    _take_due_idx = models.Index("(take_due_at) WHERE take_due_at IS NOT NULL")
    _assign_due_idx = models.Index("(assign_due_at) WHERE assign_due_at IS NOT NULL")

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {"take_due_at", "assign_due_at"}

    @api.depends("user_id", "team_id", "line_id", "state", *CLASSIFYING_FIELDS)
    @api.depends_context("uid")
    def _compute_suggested_user_id(self):
        """Of teams that have suggestions, for those who may follow them."""
        self.suggested_user_id = False
        may_assign = any(
            self.env.user.has_group(group) for group in self._get_verb_groups("assign")
        )
        for ticket in self if may_assign else ():
            # of a form that is being filled in, what is saved
            saved = ticket._origin.sudo()
            mode = saved.team_id._get_defaults()["assignment_mode"]
            if saved and mode == "suggested" and saved._is_untaken():
                ticket.suggested_user_id = saved._get_best_candidate()[0]

    def _is_untaken(self):
        """Whether somebody has to take this ticket."""
        self.ensure_one()
        return not self.user_id and self.active and self.state in UNTAKEN_STATES

    # ------------------------------------------------------------
    # When it is due
    # ------------------------------------------------------------

    @api.model
    def _complete_values(self, vals, defaults):
        result = super()._complete_values(vals, defaults)
        team = self.env["ntr.team"].browse(vals.get("team_id") or [])
        if team and not vals.get("user_id"):
            vals.update(team._get_taking_terms(is_free_to_assign=True))
        return result

    @api.model
    def _prepare_history_values(self, row, defaults):
        """What is history alarms nobody and is given to nobody."""
        values = super()._prepare_history_values(row, defaults)
        return dict(values, take_due_at=False, assign_due_at=False)

    def _on_created(self):
        result = super()._on_created()
        self._wake_takers()
        return result

    def _write_values(self, vals):
        if not (TAKING_FIELDS | CLASSIFYING_FIELDS) & vals.keys():
            return super()._write_values(vals)
        before = {ticket.id: ticket._get_taking() for ticket in self.sudo()}
        result = super()._write_values(vals)
        due = {}
        for ticket in self.sudo():
            terms = ticket._get_new_terms(before[ticket.id], vals)
            if terms:
                due.setdefault(tuple(terms.items()), []).append(ticket.id)
        for terms, ids in due.items():
            tickets = self.browse(ids)
            super(NtrTicket, tickets)._write_values(dict(terms))
            tickets._wake_takers()
        return result

    def _get_taking(self):
        """(whether somebody has to take it, who: state, team and line)"""
        return (
            self._is_untaken(),
            (self.state, self.team_id.id, self.line_id.id),
        )

    def _get_new_terms(self, before, vals):
        """When this ticket has to be taken now, after it was changed.

        A wait begins when nobody has it any more or when it is somebody else's turn.
        Whoever takes a ticket from a person does not want it given away at once.

        :param before: what ``_get_taking`` said before
        :param dict vals: what was written
        :return: values to write; empty when nothing changes
        """
        was_untaken, whose = before
        is_untaken, whose_now = self._get_taking()
        is_passed_on = whose_now != whose
        is_classified = bool(CLASSIFYING_FIELDS & vals.keys())
        terms = {"take_due_at": False, "assign_due_at": False}
        if is_untaken:
            terms = self.team_id._get_taking_terms(is_passed_on or is_classified)
            if was_untaken and not is_passed_on:
                del terms["take_due_at"]
        return {name: value for name, value in terms.items() if value or self[name]}

    def _wake_takers(self):
        """Have the scheduled actions run when these tickets are due."""
        for field, cron in (
            ("assign_due_at", "helpdesk_ntr.ir_cron_assign_tickets"),
            ("take_due_at", "helpdesk_ntr.ir_cron_alarm_untaken"),
        ):
            moments = set(self.sudo().mapped(field)) - {False}
            if moments:
                cron_id = self.env["ir.model.data"]._xmlid_to_res_id(cron)
                self.env["ir.cron"].sudo().browse(cron_id)._trigger(moments)

    # ------------------------------------------------------------
    # Scheduled: assigning
    # ------------------------------------------------------------

    @api.model
    def _cron_assign(self, limit=100):
        """Give the tickets of automatic teams to whoever is best at them."""
        self._work_off(
            self._get_assign_due_domain(), "_assign_best", limit, "assign_due_at, id"
        )

    @api.model
    def _get_assign_due_domain(self):
        return [
            ("assign_due_at", "<=", fields.Datetime.now()),
            ("due_failure", "=", False),
        ]

    def _assign_best(self):
        """Give this ticket to the best suggestion; later, if there is nobody now."""
        self._write_values({"assign_due_at": False})
        is_automatic = self.team_id.assignment_mode == "automatic"
        if not is_automatic or not self._is_untaken():
            return
        user, reasons = self._get_best_candidate()
        if user:
            self._assign(user, reason=" ".join(reasons))
        else:
            self._write_values(
                {"assign_due_at": self.team_id._add_working_seconds(RETRY_SECONDS)}
            )
            self._wake_takers()

    def _get_best_candidate(self):
        """(user, reasons) of the person to give this ticket to; none if there is none.

        Never somebody who is away, and nobody else where a line was asked.
        """
        ticket = self.with_context(lang=self.company_id.partner_id.lang)
        presence = ticket._get_presence(ticket._get_candidates(), fields.Datetime.now())
        for one in ticket._rank_candidates(presence)[:1]:
            candidate = one.candidate
            known = presence[candidate.user_id]
            is_asked = candidate.is_on_line or not ticket._is_line_asked()
            if is_asked and not candidate.is_absent:
                return known["user"], ticket._get_reasons(one, known)
        return self.env["res.users"], []

    # ------------------------------------------------------------
    # Scheduled: alarm
    # ------------------------------------------------------------

    @api.model
    def _cron_alarm_untaken(self, limit=100):
        """Tell of tickets that nobody takes, once for each time they wait."""
        self._work_off(
            self._get_take_due_domain(), "_alarm_untaken", limit, "take_due_at, id"
        )

    @api.model
    def _get_take_due_domain(self):
        return [
            ("take_due_at", "<=", fields.Datetime.now()),
            ("due_failure", "=", False),
        ]

    def _alarm_untaken(self):
        self._write_values({"take_due_at": False})
        if not self._is_untaken():
            return
        self._register_event("alarmed", audience="staff")
        self._tell_staff(
            "helpdesk_ntr.mail_template_untaken", self.accountable_id.partner_id
        )

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_assign_suggested(self):
        """Button: give this ticket to the person whose name stands there."""
        self.ensure_one()
        shown_id = self.env.context.get("suggested_user_id")
        self.assign(shown_id or self.suggested_user_id.id)
