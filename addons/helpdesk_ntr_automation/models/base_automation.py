from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

TRIGGER = "on_ntr_event"


class BaseAutomation(models.Model):
    """A rule can start when something is entered into the ledger of a ticket (S100)."""

    _name = "base.automation"
    _inherit = ["ntr.cached.mixin", "base.automation"]

    trigger = fields.Selection(
        selection_add=[(TRIGGER, "Help desk event")],
        ondelete={TRIGGER: "cascade"},
    )
    ntr_event_type = fields.Selection(
        selection="_selection_ntr_event_type",
        string="Event",
        help="What happens to a ticket, as its ledger says it.",
    )

    @api.model
    def _selection_ntr_event_type(self):
        return (
            self.env["ntr.ticket.event"]
            ._fields["type"]
            ._description_selection(self.env)
        )

    @api.constrains("trigger", "model_id", "ntr_event_type")
    def _check_ntr_event(self):
        for rule in self.filtered(lambda rule: rule.trigger == TRIGGER):
            if rule.model_id.model != "ntr.ticket":
                raise ValidationError(
                    self.env._(
                        "Rule %s: events of the help desk happen to tickets. Choose "
                        "the model “Ticket”.",
                        rule.name,
                    )
                )
            if not rule.ntr_event_type:
                raise ValidationError(
                    self.env._("Rule %s: choose the event that starts it.", rule.name)
                )

    @api.model
    @tools.ormcache()
    def _get_ntr_event_types(self):
        """Types of events that start a rule."""
        rules = self.sudo().search([("trigger", "=", TRIGGER)])
        return frozenset(rules.mapped("ntr_event_type"))

    @api.model
    def _start_by_events(self, tickets, events):
        """Start the rules of what has just happened.

        A rule runs once for a ticket, whatever it brings about itself: Odoo notes in
        the context what was done.

        :param tickets: ``ntr.ticket``
        :param events: their new events, of one type
        """
        event_type = events[:1].type
        if event_type not in self._get_ntr_event_types():
            return
        rules = self._get_actions(tickets, [TRIGGER])
        for rule in rules.with_context(old_values=None, ntr_event_ids=events.ids):
            if rule.sudo().ntr_event_type == event_type:
                rule._process(rule._filter_post(tickets.with_env(rule.env)))
