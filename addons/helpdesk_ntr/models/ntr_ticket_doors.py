from odoo import models
from odoo.exceptions import UserError

from ..exceptions import NeedsWords


class NtrTicket(models.Model):
    """Doors that lead to verbs: form, list, kanban, import, API.

    Whoever writes a stage, a person, a line or a team gets the verb that this means,
    with its right and its event, or is told which button does it.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    def _route_team(self, team):
        tickets = self.filtered(lambda ticket: ticket.team_id != team)
        if tickets and not team:
            raise UserError(self.env._("A ticket belongs to a team."))
        for ticket in tickets:
            if ticket.state != "new":
                line = self.env["ntr.support.line"].browse(team._choose_line_id())
                raise self._get_wizard_warning(
                    "pass_on", ticket, default_line_id=line.id
                )
        tickets._for_verb("pass_on")._change_team(team)

    def _route_line(self, line):
        tickets = self.filtered(lambda ticket: ticket.line_id != line)
        for ticket in tickets:
            if line and line.team_id != ticket.team_id:
                raise UserError(
                    self.env._(
                        "Line %(line)s does not belong to team %(team)s.",
                        line=line.name,
                        team=ticket.team_id.name,
                    )
                )
            if ticket.state != "new":
                raise self._get_wizard_warning(
                    "pass_on", ticket, default_line_id=line.id
                )
        if tickets:
            tickets._for_verb("assign")._write_logged(
                "classified", {"line_id": line.id}
            )

    def _route_user(self, user_id):
        user = self._find_argument("res.users", user_id)
        tickets = self.filtered(lambda ticket: ticket.user_id != user)
        if not tickets:
            return
        may_assign = any(
            self.env.user.has_group(group) for group in self._get_verb_groups("assign")
        )
        if user == self.env.user and not may_assign:
            tickets.take()
        else:
            tickets.assign(user_id)

    def _route_stage(self, stage):
        if not stage:
            raise UserError(self.env._("Choose a stage: a ticket always has one."))
        for ticket in self.filtered(lambda ticket: ticket.stage_id != stage):
            ticket._check_stage_of_team(stage)
            if stage.state == ticket.state and stage.waiting_on == (
                ticket.stage_id.waiting_on
            ):
                ticket.move_to(stage.id)
            else:
                ticket._route_state(stage)
            if ticket.stage_id != stage and ticket.state == stage.state:
                ticket._move_within_state(stage)

    def _route_state(self, stage):
        """Do what a move to that stage means, or say which button does it."""
        state = stage.state
        if state == "open" and self.state == "waiting":
            self.resume()
        elif state == "open" and self.state == "new":
            self._start()
        elif state == "waiting" and self.state in ("new", "open", "waiting"):
            self.wait_for(stage.waiting_on or "internal")
        elif state == "solved" and not self._get_solve_blockers({}):
            self.solve()
        elif state == "closed":
            self.close()
        else:
            raise self._get_wizard_warning(self._get_verb_towards(state), self)

    def _start(self):
        """Work begins: by the executor, or by whoever moves a ticket of nobody."""
        if self.user_id and self.user_id != self.env.user:
            self._for_verb("assign")._move("taken", "open")
        else:
            self.take()

    def _get_verb_towards(self, state):
        if state == "cancelled":
            return "cancel"
        if state == "solved":
            return "solve"
        if self.state == "solved":
            return "reject_solution"
        return "reopen"

    def _get_wizard_warning(self, verb, ticket, **defaults):
        """The refusal of a door that cannot ask, with the way to the one that can.

        :param str verb: the name of the public method
        :param ticket: what the verb is for
        :param defaults: context of the wizard, ``default_...``
        """
        if verb == "reopen" and ticket.state not in ("solved", "closed", "cancelled"):
            return UserError(self.env._("%s cannot be made new again.", ticket.number))
        action = self.env.ref(f"helpdesk_ntr.ntr_ticket_{verb}_action").sudo()
        return NeedsWords(
            self.env._("%s: this needs your words first.", ticket.number),
            action.id,
            self.env._("Write them"),
            {
                "active_id": ticket.id,
                "active_ids": ticket.ids,
                "default_verb": verb,
                **defaults,
            },
        )
