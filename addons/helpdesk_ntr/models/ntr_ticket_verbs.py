from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty, plaintext2html

GROUP_ENGINEER = "helpdesk_ntr.group_engineer"
GROUP_DISPATCHER = "helpdesk_ntr.group_dispatcher"
GROUP_COORDINATOR = "helpdesk_ntr.group_coordinator"
GROUP_DIRECTOR = "helpdesk_ntr.group_director"
GROUP_EXTERNAL = "helpdesk_ntr.group_external"

WORKERS = (GROUP_ENGINEER, GROUP_EXTERNAL)

# The right that a line gives its members, for the verbs that need one.
LINE_RIGHTS = {
    "close": "close",
    "reopen": "reopen",
    "merge_into": "merge",
    "unmerge": "merge",
}


class NtrTicket(models.Model):
    """What can be done with a ticket.

    A verb checks its own right, refuses with a sentence that says what is missing,
    moves the ticket, writes its event and tells whom it concerns. Each is callable
    over the API with the arguments of its signature and returns True.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------

    @api.model
    def _get_verb_groups(self, verb):
        return {
            "assign": (GROUP_DISPATCHER,),
            "cancel": (GROUP_DISPATCHER,),
            "close": (GROUP_ENGINEER,),
            "confirm": (GROUP_DISPATCHER,),
            "pass_on": (GROUP_ENGINEER,),
            "merge_into": (GROUP_ENGINEER,),
            "reopen": (GROUP_ENGINEER,),
            "split": (GROUP_ENGINEER,),
            "unmerge": (GROUP_ENGINEER,),
        }.get(verb, WORKERS)

    def _check_verb(self, verb):
        if not self.env.su and not self._is_granted(verb):
            raise AccessError(self._get_verb_refusal())
        return super()._check_verb(verb)

    def _is_granted(self, verb):
        """Whether the lines of these tickets' teams give the user that verb (S88)."""
        right = LINE_RIGHTS.get(verb)
        return not right or all(
            self.env.user._may_ntr(right, team) for team in self.sudo().team_id
        )

    can_close = fields.Boolean(compute="_compute_can", groups="base.group_user")
    can_reopen = fields.Boolean(compute="_compute_can", groups="base.group_user")

    @api.depends_context("uid")
    @api.depends("team_id")
    def _compute_can(self):
        """Which buttons the form offers; the verbs ask again."""
        for ticket in self:
            ticket.can_close = ticket._is_granted("close")
            ticket.can_reopen = ticket._is_granted("reopen")

    def _for_verb(self, verb):
        """These tickets, ready to be changed by that verb.

        :param str verb: the name of the public method
        :raises AccessError: the user may not do that
        """
        self._check_verb(verb)
        return self

    @api.model
    def _get_verb_refusal(self):
        return self.env._(
            "You may not do that with a ticket. Ask the coordinator of the team, or "
            "the administrator for the right."
        )

    # ------------------------------------------------------------
    # Moving
    # ------------------------------------------------------------

    def _move(self, event_type, state=None, vals=None, waiting_on="us", **event_values):
        """Move tickets to their team's first stage of a state, with one event each.

        :param str event_type: a type of ``ntr.ticket.event``
        :param str state: the new state; None leaves the stage as it is
        :param dict vals: other values to write
        :param str waiting_on: who has the ball now
        """
        now = fields.Datetime.now()
        base = dict(vals or {})
        if state:
            base["waiting_on"] = waiting_on
            base["waiting_since"] = now if waiting_on != "us" else False
        for team, tickets in self.grouped("team_id").items():
            values = dict(base)
            if state:
                values["stage_id"] = team._get_stage_id(
                    state, waiting_on if state == "waiting" else None
                )
            tickets._write_logged(event_type, values, **event_values)
        return True

    def _move_each(self, event_type, state, get_values, **options):
        """Move tickets whose other values differ, those that change alike in one go.

        :param get_values: a function that gives the values for a ticket
        :param options: further arguments of ``_move``
        """
        for values, tickets in self._grouped_by_values(get_values):
            tickets._move(event_type, state, values, **options)
        return True

    def _grouped_by_values(self, get_values):
        """Pairs of values and the tickets that get them."""
        groups = {}
        for ticket in self:
            values = get_values(ticket)
            key = tuple(sorted((name, str(value)) for name, value in values.items()))
            groups.setdefault(key, (values, []))[1].append(ticket.id)
        return [(values, self.browse(ids)) for values, ids in groups.values()]

    # ------------------------------------------------------------
    # Who does it
    # ------------------------------------------------------------

    def take(self):
        """Take tickets into one's own work.

        :return: True
        :raises UserError: somebody has one of them already; it says who
        """
        tickets = self._for_verb("take")
        tickets._lock()
        tickets._require_state(
            ("new", "open", "waiting"),
            self.env._("%s is not open any more, so there is nothing to take."),
        )
        user = self.env.user
        for ticket in tickets:
            if ticket.user_id and (ticket.user_id != user or ticket.state != "new"):
                raise UserError(
                    self.env._(
                        "%(person)s has %(number)s already.",
                        person=ticket.user_id.name,
                        number=ticket.number,
                    )
                )
        for is_waiting, group in tickets.grouped(
            lambda ticket: ticket.state == "waiting"
        ).items():
            group._move(
                "taken",
                None if is_waiting else "open",
                {"user_id": user.id, "assigned_at": fields.Datetime.now()},
            )
        return True

    def assign(self, user_id):
        """Give tickets to a person, who is told; False takes them from everybody.

        :param int user_id: id of an internal user, or False
        :return: True
        """
        tickets = self._for_verb("assign")
        tickets._require_state(
            ("new", "open", "waiting", "solved"),
            self.env._("%s is ended; reopen it before you assign it."),
        )
        return tickets._assign(self._get_assignable_user(user_id))

    def _assign(self, user, **event_values):
        """These tickets are that person's now, or nobody's; he is told.

        :param user: one ``res.users`` or none
        :param event_values: columns of the event
        """
        tickets = self.filtered(lambda ticket: ticket.user_id != user)
        assigned_at = user and fields.Datetime.now()
        for line, group in tickets.grouped(lambda it: it._get_line_of(user)).items():
            group._move(
                "assigned",
                vals={
                    "user_id": user.id,
                    "assigned_at": assigned_at,
                    "line_id": line.id,
                },
                **event_values,
            )
        if user:
            tickets._on_assigned()
        return True

    def _get_line_of(self, user):
        """The line that this ticket is on when that person has it: his own one."""
        lines = self.team_id.sudo().line_ids.filtered(
            lambda line: user in line.member_ids
        )
        if not lines or self.line_id in lines:
            return self.line_id
        return lines.sorted("level")[0]

    def _get_assignable_user(self, user_id):
        """The person to assign to, refused when he may not read these tickets."""
        user = self._find_argument("res.users", user_id).sudo()
        if user_id and (not user or user.share or not user.active):
            raise UserError(self.env._("Only an active colleague can be an executor."))
        if not user:
            return user
        if user not in self._filter_assignable(user):
            raise UserError(
                self.env._(
                    "%s may not see these tickets, so they cannot be assigned there.",
                    user.name,
                )
            )
        return user

    def _filter_assignable(self, users):
        """Those of the users who see each of these tickets once they have it.

        An outside engineer sees whatever is assigned to him, others the tickets of
        their teams; nobody sees those of a company that is not his.
        """
        teams, companies = self.sudo().team_id, self.sudo().company_id
        return users.sudo().filtered(
            lambda user: companies <= user.company_ids
            and (
                user.has_group(GROUP_EXTERNAL)
                or (
                    user.has_group(GROUP_ENGINEER)
                    and (
                        teams <= user.ntr_desk_team_ids
                        or user.ntr_scope == "all"
                        or user.has_group(GROUP_DIRECTOR)
                    )
                )
            )
        )

    def _on_assigned(self):
        """The executor is told, unless he did it himself."""
        for user, tickets in self.sudo().grouped("user_id").items():
            if user == self.env.user:
                continue
            tickets._tell_staff("helpdesk_ntr.mail_template_assigned", user.partner_id)

    # ------------------------------------------------------------
    # Solving and ending
    # ------------------------------------------------------------

    def solve(self, solution=None, cause_id=None):
        """Solve tickets; the client is asked to confirm.

        :param str solution: what was done; a plain ``str`` is escaped, ``Markup`` is
            kept. None: the text that stands on the ticket
        :param int cause_id: id of the cause. None: the one on the ticket
        :return: True
        :raises UserError: the solution or the cause is missing
        """
        tickets = self._for_verb("solve")
        tickets._require_state(
            ("new", "open", "waiting"),
            self.env._("%s is not open, so it cannot be solved."),
        )
        vals = {}
        if solution:
            vals["solution"] = (
                solution if isinstance(solution, Markup) else plaintext2html(solution)
            )
        if cause_id:
            vals["cause_id"] = self._find_argument("ntr.ticket.cause", cause_id).id
        for ticket in tickets:
            ticket._check_solvable(vals)
        tickets._solve(vals)
        return True

    def _check_solvable(self, vals):
        missing = self._get_solve_blockers(vals)
        if missing:
            raise UserError(
                self.env._(
                    "%(number)s cannot be solved yet. %(reasons)s",
                    number=self.number,
                    reasons=" ".join(missing),
                )
            )

    def _get_solve_blockers(self, vals):
        """Sentences that say what is missing before this ticket can be solved.

        :param dict vals: ``solution`` and ``cause_id`` that are about to be written
        """
        missing = []
        if is_html_empty(vals.get("solution") or self.solution):
            missing.append(self.env._("Write what the solution was."))
        cause_needed = not self.kind_id or self.kind_id.cause_required
        if cause_needed and not (vals.get("cause_id") or self.cause_id):
            missing.append(self.env._("Name the cause."))
        return missing

    def _solve(self, vals=None):
        """Solved: the ball is with the client, whom we ask to confirm."""
        now = fields.Datetime.now()
        self._move_each(
            "solved",
            "solved",
            lambda ticket: dict(
                vals or {},
                solved_at=now,
                first_solved_at=ticket.first_solved_at or now,
                user_id=ticket.user_id.id or self._get_solver_id(),
                **ticket._get_closing_terms(now),
            ),
            waiting_on="client",
        )
        # Letters of an earlier solution say nothing about this one.
        self.env["ntr.link"].sudo()._revoke(self)
        self._tell_client("helpdesk_ntr.mail_template_solved")
        for coordinator, tickets in self.grouped("coordinator_id").items():
            tickets._tell_staff(
                "helpdesk_ntr.mail_template_solved_staff",
                (coordinator - self.env.user).partner_id,
            )

    def _get_solver_id(self):
        user = self.env.user
        if user.id == SUPERUSER_ID:
            return False
        return user.id if user.has_group(GROUP_ENGINEER) else False

    def _get_closing_terms(self, solved_at):
        """When the client is warned and when the ticket closes by itself.

        Working days of the team's calendar, counted from the solution (S39).

        :param datetime solved_at: naive UTC
        """
        team = self.team_id.sudo()
        if not team.closing_days:
            return {"close_warning_at": False, "close_due_at": False}
        warning_days = team.closing_days - team.closing_warning_days
        return {
            "close_warning_at": team._add_working_days(solved_at, warning_days),
            "close_due_at": team._add_working_days(solved_at, team.closing_days),
        }

    def confirm(self):
        """The client agrees with the solution: the ticket is closed.

        :return: True
        """
        if self._is_for_client():
            return self._decide_as_client("confirm")
        return self._for_verb("confirm")._confirm()

    def _confirm(self, **event_values):
        self._require_state(
            ("solved",), self.env._("%s has no solution to confirm at the moment.")
        )
        event_values.setdefault("audience", "client")
        self._register_event("confirmed", **event_values)
        return self._close(**event_values)

    def reject_solution(self, reason):
        """The client does not agree: the ticket is open again.

        :param str reason: what is still wrong; not empty
        :return: True
        :raises UserError: the team's rules leave no reopening to the client
        """
        if self._is_for_client():
            return self._decide_as_client("reject", reason)
        tickets = self._for_verb("reject_solution")
        return tickets._reject(self._require_reason(reason))

    def _reject(self, reason, **event_values):
        self._require_state(
            ("solved",), self.env._("%s has no solution to reject at the moment.")
        )
        now = fields.Datetime.now()
        self._move_each(
            "rejected",
            "open",
            lambda ticket: dict(
                ticket._get_reopen_values(),
                unanswered_since=ticket.unanswered_since or now,
            ),
            reason=reason,
            **event_values,
        )
        for user, tickets in self.sudo().grouped("accountable_id").items():
            tickets._tell_staff(
                "helpdesk_ntr.mail_template_rejected", user.partner_id, reason
            )
        return True

    def close(self):
        """Close solved tickets without waiting for the client (a manager's right).

        :return: True
        """
        tickets = self._for_verb("close")
        for ticket in tickets:
            blockers = ticket._get_close_blockers()
            if blockers:
                raise UserError(
                    self.env._(
                        "%(number)s cannot be closed yet. %(reasons)s",
                        number=ticket.number,
                        reasons=" ".join(blockers),
                    )
                )
        return tickets._close()

    def _get_close_blockers(self):
        """Sentences that say why this ticket cannot be closed; higher addons add
        theirs."""
        self.ensure_one()
        if self.state != "solved":
            return [self.env._("Solve it first: write the solution and its cause.")]
        return []

    def _close(self, **event_values):
        self._move(
            "closed",
            "closed",
            {
                "closed_at": fields.Datetime.now(),
                "close_warning_at": False,
                "close_due_at": False,
                "unanswered_since": False,
            },
            **event_values,
        )
        self._tell_client("helpdesk_ntr.mail_template_rating")
        return True

    def move_to(self, stage_id):
        """Move tickets between stages that mean the same state.

        :param int stage_id: id of a stage of the same state
        :return: True
        """
        tickets = self._for_verb("move_to")
        stage = self._find_argument("ntr.ticket.stage", stage_id)
        for ticket in tickets:
            if not stage or stage.state != ticket.state:
                raise UserError(
                    self.env._(
                        "%s can be moved only between stages that mean the same. Use "
                        "the buttons to take, solve or close it.",
                        ticket.number,
                    )
                )
            ticket._check_stage_of_team(stage)
        return tickets._move_within_state(stage)

    def _move_within_state(self, stage):
        """Another stage of the same state: in the ledger, and on the line of it."""
        self._write_logged("moved", {"stage_id": stage.id})
        self._follow_stage()
        return True

    def _check_stage_of_team(self, stage):
        if stage.team_ids and self.team_id not in stage.team_ids:
            raise UserError(
                self.env._(
                    "Stage %(stage)s does not belong to team %(team)s.",
                    stage=stage.name,
                    team=self.team_id.name,
                )
            )

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_take(self):
        """Button: take this ticket."""
        self.take()

    def action_confirm(self):
        """Button: the client has agreed by word of mouth."""
        self.confirm()

    def action_close(self):
        """Button: close without the client's word."""
        self.close()

    # ------------------------------------------------------------
    # Scheduled
    # ------------------------------------------------------------

    @api.model
    def _cron_close_solved(self, limit=100):
        """Warn of, and then close, solved tickets that nobody confirms (S39).

        A ticket is closed only after its client was warned: where the warning went
        out late, because the server was off, the closing moves with it.
        """
        self._work_off(
            self._get_closing_domain(),
            "_warn_or_close",
            limit=limit,
            order="close_due_at, id",
        )

    @api.model
    def _get_closing_domain(self):
        """Solved tickets whose warning or whose closing is due."""
        now = fields.Datetime.now()
        return [
            ("state", "=", "solved"),
            ("close_due_at", "!=", False),
            ("due_failure", "=", False),
            "|",
            ("close_warning_at", "<=", now),
            "&",
            ("close_warning_at", "=", False),
            ("close_due_at", "<=", now),
        ]

    def _warn_or_close(self):
        for ticket in self:
            if ticket.close_warning_at:
                ticket._warn_of_closing()
            else:
                ticket._close()

    def _warn_of_closing(self):
        """Warn the client, once; the time that he was promised starts now."""
        now = fields.Datetime.now()
        notice = self.close_due_at - self.close_warning_at
        self._write_values(
            {
                "close_due_at": max(self.close_due_at, now + notice),
                "close_warning_at": False,
            }
        )
        self._register_event("warned", audience="client")
        self._tell_client("helpdesk_ntr.mail_template_closing_warning")
