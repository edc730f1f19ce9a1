from odoo import api, fields, models
from odoo.exceptions import UserError

from .ntr_priority_rule import IMPACTS, URGENCIES
from .ntr_ticket import PRIORITIES, STAFF


class NtrTicket(models.Model):
    """Urgency and impact give the priority; another one needs a reason (S198, S203).

    Where nobody has judged urgency and impact, the priority is free.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    urgency = fields.Selection(
        URGENCIES, tracking=True, groups=STAFF, help="How long it can wait."
    )
    impact = fields.Selection(
        IMPACTS, tracking=True, groups=STAFF, help="How much of the client it concerns."
    )
    priority_reason = fields.Char(
        "Why this priority",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="Said by whoever set another priority than urgency and impact give.",
    )
    is_priority_judged = fields.Boolean(
        compute="_compute_is_priority_judged", groups=STAFF
    )

    @api.depends("urgency", "impact")
    def _compute_priority(self):
        for ticket in self:
            ticket.priority = (
                ticket._get_matrix_priority() or ticket.priority or PRIORITIES[0][0]
            )

    @api.depends("urgency", "impact", "company_id")
    def _compute_is_priority_judged(self):
        for ticket in self:
            ticket.is_priority_judged = bool(ticket._get_matrix_priority())

    def _get_matrix_priority(self):
        """What urgency and impact give, or False where they say nothing."""
        ticket_sudo = self.sudo()
        return self.env["ntr.priority.rule"]._get_priority(
            ticket_sudo.urgency,
            ticket_sudo.impact,
            ticket_sudo.company_id or self.env.company,
        )

    # ------------------------------------------------------------
    # Doors
    # ------------------------------------------------------------

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {"priority_reason"}

    @api.model
    def _get_ledger_fields(self):
        return super()._get_ledger_fields() + ["urgency", "impact"]

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        if not self.env.su:
            for ticket in tickets:
                ticket._require_matrix_priority(ticket.priority)
        return tickets

    def _require_matrix_priority(self, priority):
        """Refuse another priority than the matrix gives, where nobody can be asked."""
        expected = self._get_matrix_priority()
        if expected and priority != expected:
            labels = dict(self._fields["priority"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "This urgency and this impact give the priority “%(expected)s”, "
                    "not “%(given)s”. Register the ticket with it; then change the "
                    "priority and say why.",
                    expected=labels[expected],
                    given=labels.get(priority, priority),
                )
            )

    def write(self, vals):
        if "priority" in vals and not self.env.su:
            for ticket in self:
                ticket._check_priority_door(vals)
        return super().write(vals)

    def _check_priority_door(self, vals):
        """Ask for the reason where somebody sets another priority than follows."""
        expected = self.env["ntr.priority.rule"]._get_priority(
            vals.get("urgency", self.urgency),
            vals.get("impact", self.impact),
            self.company_id,
        )
        is_changed = vals["priority"] != self.priority
        if expected and is_changed and vals["priority"] != expected:
            raise self._get_wizard_warning(
                "set_priority", self, default_priority=vals["priority"]
            )

    def _write_values(self, vals):
        # a new judgement replaces whatever was said against the old one
        if {"urgency", "impact", "priority"} & vals.keys():
            vals = {"priority_reason": False, **vals}
        return super()._write_values(vals)

    # ------------------------------------------------------------
    # Verb
    # ------------------------------------------------------------

    @api.model
    def _get_verb_groups(self, verb):
        if verb == "set_priority":
            return ("helpdesk_ntr.group_engineer",)
        return super()._get_verb_groups(verb)

    def set_priority(self, priority, reason):
        """Give tickets another priority than their urgency and impact do (S203).

        It holds until urgency or impact are judged anew.

        :param str priority: ``0`` normal, ``1`` medium, ``2`` urgent, ``3`` critical
        :param str reason: why; not empty
        :return: True
        """
        tickets = self._for_verb("set_priority")
        reason = self._require_reason(reason)
        if priority not in dict(PRIORITIES):
            raise UserError(
                self.env._("A priority is 0 (normal), 1, 2 or 3 (critical).")
            )
        tickets._write_logged(
            "classified",
            {"priority": priority, "priority_reason": reason},
            reason=reason,
        )
        return True
