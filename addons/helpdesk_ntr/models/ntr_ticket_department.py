from odoo import api, models
from odoo.exceptions import UserError

# What a department classifies by lists of its own.
CLASSES = ("category_id", "cause_id")


def serves(record, team):
    """Whether a category or a cause is one of that team's: its own, or everybody's.

    :param record: a record with ``team_ids``
    """
    # teams of other companies and former ones are named there too
    teams = record.sudo().with_context(active_test=False).team_ids
    return not teams or not team or team.id in teams.ids


class NtrTicket(models.Model):
    """Categories and causes are set per department (S98).

    A person chooses among those of the ticket's team, at every door. What comes in by
    mail or from the past keeps what it has. A ticket that goes to another team leaves
    behind what is not known there, and finds it again when it returns.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------
    # Doors
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        if not self.env.su:
            for ticket, vals in zip(tickets, vals_list, strict=True):
                ticket._check_classes(vals)
        return tickets

    def write(self, vals):
        result = super().write(vals)
        if not self.env.su:
            self._check_classes(vals)
        return result

    def _check_classes(self, vals):
        """Refuse a category or a cause of another team.

        A controller that registers for a person with ``sudo`` calls this itself.

        :param dict vals: what was written
        """
        for name in CLASSES:
            chosen = self.env[self._fields[name].comodel_name].browse(
                vals.get(name) or []
            )
            for ticket in self.sudo() if chosen else ():
                if not serves(chosen, ticket.team_id):
                    raise UserError(ticket._get_class_refusal(name, chosen))

    def _get_class_refusal(self, name, chosen):
        """The sentence that says why this ticket cannot have what was chosen."""
        names = {
            "chosen": chosen.sudo().display_name,
            "team": self.team_id.name,
            "ticket": self.display_name,
        }
        if name == "cause_id":
            return self.env._(
                "Cause “%(chosen)s” is not one of team “%(team)s”, which has "
                "%(ticket)s. Choose a cause of that team.",
                **names,
            )
        return self.env._(
            "Category “%(chosen)s” is not one of team “%(team)s”, which has "
            "%(ticket)s. Choose a category of that team, or pass the ticket on first.",
            **names,
        )

    def _get_solve_blockers(self, vals):
        missing = super()._get_solve_blockers(vals)
        cause = self.env["ntr.ticket.cause"].browse(
            vals.get("cause_id") or self.cause_id.id or []
        )
        if cause and not self.env.su and not serves(cause, self.team_id):
            missing.append(self._get_class_refusal("cause_id", cause))
        return missing

    @api.onchange("team_id")
    def _onchange_team_classes(self):
        """Show at once what another team does not know."""
        for name in CLASSES:
            if self[name] and not serves(self[name]._origin, self.team_id._origin):
                self[name] = False

    # ------------------------------------------------------------
    # To another team
    # ------------------------------------------------------------

    def _write_logged(self, event_type, vals, only_if_changed=False, **event_values):
        if "team_id" not in vals:
            return super()._write_logged(
                event_type, vals, only_if_changed, **event_values
            )
        team = self.env["ntr.team"].browse(vals["team_id"])
        events = self.env["ntr.ticket.event"]
        for values, tickets in self._grouped_by_values(
            lambda ticket: {**ticket._get_classes_for(team), **vals}
        ):
            events |= super(NtrTicket, tickets)._write_logged(
                event_type, values, only_if_changed, **event_values
            )
        return events

    def _get_classes_for(self, team):
        """What of this ticket's classification changes when it goes to that team.

        :return: {field: id or False}
        """
        ticket = self.sudo()
        values = {}
        for name in CLASSES if ticket.team_id != team else ():
            if not ticket[name]:
                back = ticket._get_class_left_at(team, name)
                values.update({name: back.id} if back else {})
            elif not serves(ticket[name], team):
                values[name] = False
        return values

    def _get_class_left_at(self, team, name):
        """What this ticket left behind there when it went to another team, or none."""
        left_id = False
        for event in self._get_events():
            changes = event.changes or {}
            if name in changes:
                old_id, new_id = changes[name]
                if not new_id and changes.get("team_id", [None])[0] == team.id:
                    left_id = old_id
                break
        left = self.env[self._fields[name].comodel_name].browse(left_id or [])
        return left.exists().filtered(lambda it: it.active and serves(it, team))
