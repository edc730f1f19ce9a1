from odoo import api, fields, models

from .ntr_ticket_verbs import GROUP_COORDINATOR


class NtrTicket(models.Model):
    """What the help desk does with a ticket by itself, when its time has come."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    due_failure = fields.Text(
        "Set aside",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Why the help desk could not do by itself what was due with this ticket.",
    )

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {"due_failure"}

    @api.model
    def _get_verb_groups(self, verb):
        if verb == "retry_due":
            return (GROUP_COORDINATOR,)
        return super()._get_verb_groups(verb)

    def _set_due_aside(self, failure):
        self._write_values({"due_failure": failure})

    def _move(self, event_type, state=None, vals=None, waiting_on="us", **event_values):
        """What could not be done in the old state is of no concern in the new one."""
        if state:
            vals = {"due_failure": False, **(vals or {})}
        return super()._move(
            event_type, state, vals=vals, waiting_on=waiting_on, **event_values
        )

    def action_retry_due(self):
        """Button: let the help desk try again what it had set aside."""
        self._for_verb("retry_due")._write_values({"due_failure": False})
