from odoo import api, fields, models
from odoo.tools import format_datetime, format_time

# What of a visit the ledger and the client are told of.
VISIT_FIELDS = {"start", "stop", "user_id", "location", "active", "ntr_ticket_id"}


class CalendarEvent(models.Model):
    """A visit is an event of the calendar that belongs to a ticket (S141, S247).

    Whoever plans, moves or cancels it, in the ticket or in the calendar, the ledger of
    the ticket has it, and a client who was told is told again.
    """

    _inherit = "calendar.event"

    ntr_ticket_id = fields.Many2one(
        "ntr.ticket",
        "Ticket",
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )
    ntr_is_told = fields.Boolean(
        "Client is told",
        default=True,
        groups="base.group_user",
        help="The client gets a letter about this visit, and when it is moved.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        visits = events.sudo().filtered("ntr_ticket_id")
        visits.with_env(self.env)._check_visit_right()
        visits.ntr_ticket_id._require_visitable()
        visits._hide_confidential()
        for visit in visits:
            visit._enter_visit(None)
        return events

    def write(self, vals):
        if not VISIT_FIELDS & vals.keys():
            return super().write(vals)
        self._check_visit_right()
        visits = self.sudo()
        before = {visit: (visit.ntr_ticket_id, visit._get_visit()) for visit in visits}
        result = super().write(vals)
        if "ntr_ticket_id" in vals:
            self._check_visit_right()
            visits._hide_confidential()
        for visit, (ticket, old) in before.items():
            if ticket and ticket != visit.ntr_ticket_id:
                visit._enter_cancelled(ticket, old)
                old = None
            if visit.ntr_ticket_id and visit._get_visit() != old:
                visit._enter_visit(old)
        return result

    def unlink(self):
        self._check_visit_right()
        for visit in self.sudo().filtered(lambda it: it.ntr_ticket_id and it.active):
            visit._enter_cancelled(visit.ntr_ticket_id, visit._get_visit())
        return super().unlink()

    # ------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------

    def _check_visit_right(self):
        """A visit goes into the ledger and to the client, so whoever plans, moves or
        cancels it in the calendar needs the same right as in the ticket."""
        tickets = self.sudo().ntr_ticket_id.with_env(self.env)
        if tickets:
            tickets._for_verb("plan_visit")

    def _hide_confidential(self):
        """Colleagues see of the visits of confidential tickets that there is one."""
        visits = self.filtered("ntr_ticket_id.is_confidential")
        visits.filtered(lambda it: it.privacy != "private").privacy = "private"

    # ------------------------------------------------------------
    # Ledger and client
    # ------------------------------------------------------------

    def _get_visit(self):
        """What others are told of this visit; None where it is cancelled."""
        self.ensure_one()
        if not self.active:
            return None
        return {
            "event": self.id,
            "start": fields.Datetime.to_string(self.start),
            "stop": fields.Datetime.to_string(self.stop),
            "user": self.user_id.id,
            "place": self.location or "",
        }

    def _enter_visit(self, old):
        """Enter a planned, moved or cancelled visit into the ledger, and tell the
        client.

        :param dict old: what was planned before; None for nothing
        """
        new, ticket = self._get_visit(), self.ntr_ticket_id
        if not new:
            self._enter_cancelled(ticket, old)
            return
        ticket._register_event(
            "visit",
            changes=self._get_changes(ticket, old, new),
            reason=self._get_visit_text(ticket.company_id.partner_id.lang),
        )
        if self.ntr_is_told:
            ticket.with_context(ntr_visit_id=self.id)._tell_client(
                "helpdesk_ntr.mail_template_visit"
            )

    def _enter_cancelled(self, ticket, old):
        lang = ticket.company_id.partner_id.lang
        ticket._register_event(
            "visit",
            changes=self._get_changes(ticket, old, None),
            reason=self.with_context(lang=lang).env._(
                "Cancelled: %s", self._get_visit_text(lang)
            ),
        )
        if self.ntr_is_told:
            ticket.with_context(ntr_visit_id=self.id)._tell_client(
                "helpdesk_ntr.mail_template_visit_cancelled"
            )

    @api.model
    def _get_changes(self, ticket, old, new):
        """What the ledger keeps as data: no place, which may be somebody's home and
        could not be erased there."""
        plain = [
            state and {name: state[name] for name in state if name != "place"}
            for state in (old, new)
        ]
        return {ticket.id: {"visit": plain}}

    def _get_visit_text(self, lang):
        """Day and hours of the visit, who comes and where, in that language.

        Hours are those of the place where the client is served: of the team.
        """
        parts = [self._get_visit_time(lang), self.user_id.name, self.location]
        return ", ".join(part for part in parts if part)

    def _get_visit_time(self, lang):
        """The day and from when to when, as people of that language write it."""
        zone = self.ntr_ticket_id.team_id.sudo()._get_calendar().tz or "UTC"
        start = format_datetime(
            self.env, self.start, tz=zone, dt_format="d MMMM y HH:mm", lang_code=lang
        )
        stop = format_time(
            self.env, self.stop, tz=zone, time_format="HH:mm", lang_code=lang
        )
        return f"{start}\u2013{stop}"
