from odoo import api, fields, models
from odoo.exceptions import UserError

# Hops back and forth between two lines that alarm the coordinator.
PING_PONG_HOPS = 3
HANDOVERS = ("passed_on", "returned")


class NtrTicket(models.Model):
    """Handing a ticket over from line to line, and from team to team."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    stay_ids = fields.One2many(
        "ntr.ticket.stay",
        "ticket_id",
        "Time on lines",
        groups="helpdesk_ntr.group_engineer,helpdesk_ntr.group_external,"
        "helpdesk_ntr.group_finance",
    )
    handover_summary = fields.Html(
        "What the next one needs",
        compute="_compute_handover_summary",
        groups="base.group_user",
    )

    def _compute_handover_summary(self):
        for ticket in self:
            ticket.handover_summary = self.env["ir.qweb"]._render(
                "helpdesk_ntr.ntr_ticket_handover",
                ticket.sudo()._prepare_handover_values(),
                lang=self.env.context.get("lang") or self.env.user.lang,
            )

    def _prepare_handover_values(self):
        """What the next line is shown: where, what, unit, deadline, done so far."""
        self.ensure_one()
        events = self._get_events()
        return {
            "ticket": self,
            "handover": events.filtered(lambda event: event.type in HANDOVERS)[:1],
            "place": self._get_place(),
            "deadline": self._get_deadline(),
            "done": events.filtered(lambda event: event._get_words())[:5],
        }

    def _get_place(self):
        """Where the trouble is, as the engineer needs it: an address or nothing."""
        partner = self.partner_id or self.commercial_partner_id
        return ", ".join(
            line for line in (partner.contact_address or "").splitlines() if line
        )

    def _get_deadline(self):
        """When the client was promised a solution; higher addons know it.

        :return: naive UTC, or False
        """
        return False

    # ------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------

    def pass_on(self, line_id, reason):
        """Hand tickets over to another line, of this team or of another.

        :param int line_id: id of the support line
        :param str reason: why, for the next one; not empty
        :return: True
        :raises UserError: no reason, no such line, or nobody works there
        """
        tickets = self._for_verb("pass_on")
        reason = self._require_reason(reason)
        line = self._get_line_to_pass_on_to(line_id)
        tickets._require_state(
            ("new", "open", "waiting"),
            self.env._("%s is not open any more, so it cannot be passed on."),
        )
        for ticket in tickets:
            if ticket.line_id == line:
                raise UserError(
                    self.env._(
                        "%(number)s is with line %(line)s already.",
                        number=ticket.number,
                        line=line.display_name,
                    )
                )
        # whoever passes a ticket out of his teams does not see it afterwards
        return tickets.sudo()._hand_over("passed_on", line.sudo(), reason)

    def _get_line_to_pass_on_to(self, line_id):
        line = self._find_argument("ntr.support.line", line_id)
        if not line._filtered_access("read").active:
            raise UserError(self.env._("Choose the line to pass the ticket on to."))
        if not line.member_ids and not line.manager_id:
            raise UserError(
                self.env._(
                    "Nobody works on line %s: name its members or its manager first.",
                    line.display_name,
                )
            )
        return line

    def return_back(self, reason):
        """Return tickets to the line that passed them on.

        :param str reason: why; not empty
        :return: True
        """
        tickets = self._for_verb("return_back")
        reason = self._require_reason(reason)
        tickets._require_state(
            ("new", "open", "waiting"),
            self.env._("%s is not open any more, so it cannot be returned."),
        )
        for ticket in tickets.sudo():
            line, person = ticket._get_previous_line()
            if not line:
                raise UserError(
                    self.env._(
                        "Nobody passed %s on, so there is nobody to return it to.",
                        ticket.number,
                    )
                )
            ticket._hand_over("returned", line, reason, person)
        return True

    def _get_previous_line(self):
        """The line that had this ticket before it came to the present one, and the
        contact who passed it on."""
        events = self.env["ntr.ticket.event"].search(
            [("ticket_id", "=", self.id), ("type", "=", "passed_on")]
        )
        for event in events:
            old, new = (event.changes or {}).get("line_id", (False, False))
            if old and new == self.line_id.id:
                line = self.env["ntr.support.line"].browse(old).exists()
                return line, event.actor_id
        return self.env["ntr.support.line"], self.env["res.partner"]

    # ------------------------------------------------------------
    # What they come to
    # ------------------------------------------------------------

    def _hand_over(self, event_type, line, reason, person=None):
        """Another line has the tickets now, and nobody there has taken them yet.

        :param str event_type: ``passed_on`` or ``returned``
        :param line: the ``ntr.support.line`` that gets them
        :param str reason: the words of whoever hands them over
        :param person: a contact to tell besides the manager of the line
        """
        for hops, tickets in self.grouped("hop_count").items():
            tickets._hand_over_alike(event_type, line, reason, hops + 1)
        people = line.manager_id.partner_id | (person or self.env["res.partner"])
        self._tell_staff(
            "helpdesk_ntr.mail_template_passed_on",
            people - self.env.user.partner_id,
            reason,
        )
        for ticket in self:
            ticket._warn_of_ping_pong()
        return True

    def _hand_over_alike(self, event_type, line, reason, hops):
        vals = {
            "line_id": line.id,
            "user_id": False,
            "assigned_at": False,
            "hop_count": hops,
        }
        moved = self.filtered(lambda ticket: ticket.team_id != line.team_id)
        (self - moved)._move(event_type, vals=vals, reason=reason)
        for (state, waiting_on), tickets in moved.grouped(
            lambda ticket: (ticket.state, ticket.waiting_on)
        ).items():
            tickets._write_logged(
                event_type,
                dict(tickets._get_team_values(line.team_id, state, waiting_on), **vals),
                reason=reason,
            )

    def _follow_stage(self):
        """A stage of work that a line serves takes its tickets to that line (S125)."""
        for (team, stage), tickets in (
            self.sudo()
            .grouped(lambda ticket: (ticket.team_id, ticket.stage_id))
            .items()
        ):
            line = team._get_line_of_stage(stage)
            moving = tickets.filtered(lambda ticket, line=line: ticket.line_id != line)
            if line and moving:
                moving._hand_over(
                    "passed_on",
                    line,
                    self.env._(
                        "Stage %(stage)s is the work of line %(line)s.",
                        stage=stage.name,
                        line=line.name,
                    ),
                )

    @api.model
    def _get_team_values(self, team, state, waiting_on=None):
        """What a ticket in that state takes from another team: its stage of the same
        state, its coordinator, its lowest line."""
        return {
            "team_id": team.id,
            "company_id": team.company_id.id,
            "stage_id": team._get_stage_id(state, waiting_on),
            "line_id": team._choose_line_id(),
            "coordinator_id": team.sudo().coordinator_id.id,
        }

    def _change_team(self, team):
        """Classify tickets into another team."""
        for ticket in self.sudo().filtered(lambda ticket: ticket.team_id != team):
            ticket._write_logged(
                "classified",
                ticket._get_team_values(team, ticket.state, ticket.waiting_on),
            )

    def _warn_of_ping_pong(self):
        """Tell the coordinator of a ticket that nobody wants to keep (S59)."""
        pairs = [
            tuple(event.changes["line_id"])
            for event in self._get_events().filtered(
                lambda event: event.type in HANDOVERS
                and "line_id" in (event.changes or {})
            )[:PING_PONG_HOPS]
        ]
        is_back_and_forth = len(pairs) == PING_PONG_HOPS and all(
            pair == tuple(reversed(before))
            for pair, before in zip(pairs, pairs[1:], strict=False)
        )
        if is_back_and_forth:
            self._register_event("ping_pong", audience="staff", actor_id=False)
            self._tell_staff(
                "helpdesk_ntr.mail_template_ping_pong", self.coordinator_id.partner_id
            )
