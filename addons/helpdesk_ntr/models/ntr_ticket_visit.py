from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from .ntr_ticket import STAFF
from .ntr_ticket_queues import OPEN_STATES


class NtrTicket(models.Model):
    """Visits to the client: planned with him and with whoever goes (S141, S247)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    visit_ids = fields.One2many(
        "calendar.event", "ntr_ticket_id", "Visits", groups=STAFF, copy=False
    )
    visit_count = fields.Integer(compute="_compute_visit_count", groups=STAFF)

    @api.depends("visit_ids")
    def _compute_visit_count(self):
        for ticket in self:
            ticket.visit_count = len(ticket.visit_ids)

    @api.model
    def _get_merge_links(self):
        return super()._get_merge_links() + [("calendar.event", "ntr_ticket_id")]

    # ------------------------------------------------------------
    # Verb
    # ------------------------------------------------------------

    def plan_visit(self, start, stop, user_id, location=None, tell_client=True):
        """Plan a visit of a colleague to the client of this ticket.

        :param start: when it begins: a datetime (naive UTC, or ISO text)
        :param stop: when it ends, likewise
        :param int user_id: id of the colleague who goes
        :param str location: where; None: the address of the client
        :param bool tell_client: whether the client gets a letter
        :return: id of the ``calendar.event``
        :raises UserError: the time is none, or over, or he may not see the ticket
        """
        self.ensure_one()
        ticket = self._for_verb("plan_visit")
        ticket._require_visitable()
        user = ticket._get_assignable_user(user_id)
        if not user:
            raise UserError(self.env._("Choose the colleague who goes there."))
        start, stop = self._get_visit_times(start, stop)
        return (
            self.env["calendar.event"]
            .sudo()
            .create(ticket._prepare_visit(start, stop, user, location, tell_client))
            .id
        )

    def _require_visitable(self):
        self._require_state(
            OPEN_STATES, self.env._("%s is not open, so no visit is planned.")
        )

    def _write_values(self, vals):
        result = super()._write_values(vals)
        if vals.get("is_confidential"):
            self.sudo().visit_ids._hide_confidential()
        return result

    @api.model
    def _get_visit_times(self, start, stop):
        """Begin and end of a visit as naive UTC, refused where they make none."""
        try:
            start, stop = (fields.Datetime.to_datetime(it) for it in (start, stop))
        except (TypeError, ValueError):
            start = stop = None
        if not isinstance(start, datetime) or not isinstance(stop, datetime):
            raise UserError(self.env._("Say from when to when the visit will be."))
        if stop <= start:
            raise UserError(self.env._("A visit ends after it has begun."))
        if stop <= fields.Datetime.now():
            raise UserError(self.env._("Choose a time to come for the visit."))
        return start, stop

    def _prepare_visit(self, start, stop, user, location, tell_client):
        """Values of the ``calendar.event``."""
        return {
            "name": f"{self.number} {self.commercial_partner_id.name or self.name}",
            "start": start,
            "stop": stop,
            "user_id": user.id,
            "partner_ids": [fields.Command.set(user.partner_id.ids)],
            "location": location or self._get_place(),
            "description": self.name,
            "ntr_ticket_id": self.id,
            "ntr_is_told": tell_client,
        }

    def _get_visit_letter_text(self):
        """Of which visit the letter tells that is being written, in its language."""
        visit = self.env["calendar.event"].browse(self.env.context.get("ntr_visit_id"))
        return visit.sudo()._get_visit_text(self.env.context.get("lang"))

    # ------------------------------------------------------------
    # What stands against it
    # ------------------------------------------------------------

    def _get_visit_conflicts(self, user, start, stop):
        """Sentences that say what stands against a visit of that person then."""
        conflicts = [
            self.env._(
                "%(person)s has “%(event)s” then.", person=user.name, event=event.name
            )
            for event in self._get_overlapping_events(user, start, stop)
        ]
        if user.id in self._get_absent_users(user, start):
            conflicts.append(self.env._("%s is away then.", user.name))
        if not self.team_id.sudo()._get_working_time().between(start, stop):
            conflicts.append(
                self.env._("That is outside of the working hours of the team.")
            )
        return conflicts

    @api.model
    def _get_overlapping_events(self, user, start, stop):
        return (
            self.env["calendar.event"]
            .sudo()
            .search(
                [
                    ("partner_ids", "in", user.partner_id.ids),
                    ("show_as", "=", "busy"),
                    ("start", "<", stop),
                    ("stop", ">", start),
                ]
            )
        )

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_view_visits(self):
        """Button: the visits of this ticket in the calendar."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_ntr.calendar_event_action_visits"
        )
        first = self.visit_ids.sorted("start", reverse=True)[:1]
        action["domain"] = [("ntr_ticket_id", "=", self.id)]
        action["context"] = {"initial_date": first.start}
        return action
