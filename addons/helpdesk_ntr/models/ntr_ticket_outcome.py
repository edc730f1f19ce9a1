from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .ntr_ticket import STAFF
from .ntr_ticket_verbs import GROUP_COORDINATOR, GROUP_DISPATCHER, GROUP_ENGINEER

OUTCOMES = [
    ("solved", "Solved"),
    ("off_profile", "Off-profile"),
    ("refused", "Refused"),
    ("wish", "Wish noted"),
    ("no_answer", "Client does not answer"),
    ("duplicate", "Double"),
    ("spam", "Advertising"),
    ("other", "Other"),
]
# The letter that the client gets when his request ends so; others were told already,
# or wait for no word of ours.
LETTERS = {
    "off_profile": "helpdesk_ntr.mail_template_off_profile",
    "refused": "helpdesk_ntr.mail_template_refused",
    "wish": "helpdesk_ntr.mail_template_wish",
}


class NtrTicket(models.Model):
    """How a request ended; refusing a client is decided by a manager (S129, S201)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    outcome = fields.Selection(
        OUTCOMES,
        readonly=True,
        copy=False,
        tracking=True,
        groups=STAFF,
        help="How the request ended.",
    )

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {"outcome"}

    @api.model
    def _get_ledger_fields(self):
        return super()._get_ledger_fields() + ["outcome"]

    # ------------------------------------------------------------
    # Ending
    # ------------------------------------------------------------

    def _solve(self, vals=None):
        return super()._solve(dict(vals or {}, outcome="solved"))

    def _get_reopen_values(self):
        return dict(super()._get_reopen_values(), outcome=False)

    def cancel(self, reason, outcome=None):
        """End tickets that are no requests, or that we do not do.

        :param str reason: why, for colleagues; not empty
        :param str outcome: ``off_profile``, ``refused``, ``wish``, ``no_answer``,
            ``duplicate``, ``spam`` or ``other``. None: what the kind of the ticket
            says. Of the first three the client is told by a letter
        :return: True
        :raises AccessError: only a manager refuses a client (S201)
        """
        tickets = self._for_verb("refuse" if outcome == "refused" else "cancel")
        reason = self._require_reason(reason)
        if outcome and outcome not in {key for key, __ in OUTCOMES[1:]}:
            raise UserError(
                self.env._(
                    "A request that is not solved ends as one of these: %s.",
                    ", ".join(key for key, __ in OUTCOMES[1:]),
                )
            )
        tickets._require_state(
            ("new", "open", "waiting", "solved"),
            self.env._("%s is ended already."),
        )
        return tickets._cancel(reason, outcome)

    def _cancel(self, reason, outcome=None, **event_values):
        for value, tickets in self.grouped(
            lambda ticket: outcome or ticket._get_cancel_outcome()
        ).items():
            tickets._move(
                "cancelled",
                "cancelled",
                {
                    "outcome": value,
                    "close_warning_at": False,
                    "close_due_at": False,
                    "unanswered_since": False,
                },
                reason=reason,
                **event_values,
            )
            tickets.activity_feedback(["helpdesk_ntr.mail_activity_type_refusal"])
            if value in LETTERS:
                tickets._tell_client(LETTERS[value])
        return True

    def _get_cancel_outcome(self):
        """How a request ends that is cancelled without saying so."""
        code = self.kind_id.code
        return code if code in ("off_profile", "wish") else "other"

    # ------------------------------------------------------------
    # Refusing
    # ------------------------------------------------------------

    @api.model
    def _get_verb_groups(self, verb):
        if verb == "refuse":
            return (GROUP_ENGINEER,)
        if verb == "ask_refusal":
            return (GROUP_DISPATCHER,)
        return super()._get_verb_groups(verb)

    def _check_verb(self, verb):
        if verb == "refuse" and not self.env.su and not self._is_managed():
            raise AccessError(
                self.env._(
                    "Only a manager refuses a client: the manager of the line or a "
                    "coordinator. Ask for the refusal and say why."
                )
            )
        return super()._check_verb(verb)

    def _is_managed(self):
        """Whether the user is the manager of these tickets."""
        user = self.env.user
        return user.has_group(GROUP_COORDINATOR) or all(
            ticket.line_id.manager_id == user for ticket in self.sudo()
        )

    def refuse(self, reason):
        """Refuse clients: a manager's decision (S201). They are told by a letter.

        :param str reason: why, for colleagues; not empty
        :return: True
        :raises AccessError: the user is no manager of these tickets
        """
        return self.cancel(reason, "refused")

    def ask_refusal(self, reason):
        """Ask the manager to refuse clients; he gets an activity.

        :param str reason: why, for the manager; not empty
        :return: True
        """
        tickets = self._for_verb("ask_refusal")
        reason = self._require_reason(reason)
        tickets._require_state(
            ("new", "open", "waiting", "solved"),
            self.env._("%s is ended already."),
        )
        for ticket in tickets:
            manager = ticket._get_manager()
            if not manager:
                raise UserError(
                    self.env._(
                        "Neither the line nor the team of %s has a manager to ask.",
                        ticket.number,
                    )
                )
            ticket.activity_schedule(
                "helpdesk_ntr.mail_activity_type_refusal",
                summary=self.env._("Refuse the client?"),
                note=reason,
                user_id=manager.id,
            )
        tickets._register_event("refusal_asked", reason=reason, audience="staff")
        return True

    def _get_manager(self):
        """Who decides about this ticket: the manager of its line, else the team's
        coordinator."""
        ticket_sudo = self.sudo()
        return (
            ticket_sudo.line_id.manager_id
            or ticket_sudo.coordinator_id
            or ticket_sudo.team_id.coordinator_id
        )

    # ------------------------------------------------------------
    # Import of history
    # ------------------------------------------------------------

    @api.model
    def _prepare_history_values(self, row, defaults):
        values = super()._prepare_history_values(row, defaults)
        if row["state"] in ("solved", "closed"):
            values["outcome"] = "solved"
        elif row["state"] == "cancelled":
            values["outcome"] = "other"
        return values

    def _get_first_values(self, course):
        values = super()._get_first_values(course)
        return dict(values, outcome=False) if values else values
