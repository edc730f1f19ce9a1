from odoo import api, fields, models

from ..models.ntr_ticket_properties import PROPERTIES, mark_as_changed
from ..tools import ticket_fields

# What may be missing beside the fields of team and category
CLASSIFICATION = ("kind_id", "category_id")
# What the ticket has, with the rights of who looks at it, until it is changed here
FROM_TICKET = {
    "compute": "_compute_from_ticket",
    "compute_sudo": False,
    "store": True,
    "readonly": False,
}


class NtrTicketSolveWizard(models.TransientModel):
    """The words of a solution, and what the ticket still lacks before it (S104, S105).

    What the ticket has is not shown and not written: it may have changed meanwhile.
    """

    _name = "ntr.ticket.solve.wizard"
    _description = "Solve a ticket"

    ticket_id = fields.Many2one("ntr.ticket", required=True)
    team_id = fields.Many2one(related="ticket_id.team_id", store=True)
    cause_id = fields.Many2one(
        "ntr.ticket.cause",
        **FROM_TICKET,
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
    )
    cause_required = fields.Boolean(compute="_compute_cause_required")
    solution = fields.Html(
        **FROM_TICKET,
        help="The client reads this.",
    )
    prevention = fields.Html(
        "How to avoid it",
        **FROM_TICKET,
    )

    # What is missing
    kind_id = fields.Many2one(
        "ntr.ticket.kind",
        **FROM_TICKET,
    )
    category_id = fields.Many2one(
        "ntr.ticket.category",
        **FROM_TICKET,
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
    )
    team_properties = fields.Properties(
        "Fields of the team",
        definition="team_id.team_properties_definition",
        precompute=False,
    )
    category_properties = fields.Properties(
        "Fields of the category",
        definition="category_id.ticket_properties_definition",
        precompute=False,
    )
    asked_kind_id = fields.Boolean(compute="_compute_asked")
    asked_category_id = fields.Boolean(compute="_compute_asked")
    asked_team_properties = fields.Json(compute="_compute_asked")
    asked_category_properties = fields.Json(compute="_compute_asked")

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if "ticket_id" in fields and self.env.context.get("active_id"):
            defaults.setdefault("ticket_id", self.env.context["active_id"])
        ticket = self.env["ntr.ticket"].browse(defaults.get("ticket_id"))
        if ticket:
            ticket.check_access("read")
            for name in PROPERTIES:
                values = ticket_fields.get_values(ticket._get_fields(name))
                defaults.setdefault(name, values)
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        # Odoo drops values of properties unless the record that defines them is given
        return super().create([self._add_containers(vals) for vals in vals_list])

    def _add_containers(self, vals):
        ticket_id = vals.get("ticket_id") or self.default_get(["ticket_id"]).get(
            "ticket_id"
        )
        ticket = self.env["ntr.ticket"].browse(ticket_id)
        return {link: ticket[link].id for link in PROPERTIES.values()} | vals

    @api.depends("ticket_id")
    def _compute_from_ticket(self):
        for wizard in self:
            ticket = wizard.ticket_id
            for name in ("cause_id", "solution", "prevention", *CLASSIFICATION):
                wizard[name] = wizard[name] or ticket[name]

    @api.depends("kind_id")
    def _compute_cause_required(self):
        for wizard in self:
            kind = wizard.kind_id
            wizard.cause_required = not kind or kind.cause_required

    @api.depends("ticket_id", "category_id")
    def _compute_asked(self):
        for wizard in self:
            ticket = wizard.ticket_id
            required = ticket._get_required_classification()
            for name in CLASSIFICATION:
                wizard[f"asked_{name}"] = name in required and not ticket[name]
            for name, link in PROPERTIES.items():
                asked = ticket_fields.get_asked(
                    ticket._get_fields_at(name, wizard[link]), ticket_fields.MOMENTS
                )
                wizard[f"asked_{name}"] = asked or False

    @api.onchange("category_id")
    def _onchange_category_id(self):
        """Offer what the ticket has or had of the fields of this category."""
        name = "category_properties"
        values = ticket_fields.get_values(
            self.ticket_id._get_fields_at(name, self.category_id)
        )
        self[name] = mark_as_changed(values, self.category_id)

    def action_solve(self):
        """Solve the ticket with what was written here."""
        self.ensure_one()
        self.ticket_id.write(self._prepare_ticket_values())
        self.ticket_id.solve(self.solution, self.cause_id.id)
        return {"type": "ir.actions.act_window_close"}

    def _prepare_ticket_values(self):
        """What is written on the ticket before it is solved."""
        ticket = self.ticket_id
        values = {"prevention": self.prevention}
        for name in CLASSIFICATION:
            if self[f"asked_{name}"] and self[name]:
                values[name] = self[name].id
        for name, link in PROPERTIES.items():
            filled = self._get_filled(name)
            if filled:
                present = ticket._get_fields_at(name, self[link])
                values[name] = {**ticket_fields.get_values(present), **filled}
        return values

    def _get_filled(self, name):
        """Values of the fields that were asked for here: {field: value}."""
        field, wizard_sudo = self._fields[name], self.sudo()
        present = field.convert_to_read(
            wizard_sudo[name], wizard_sudo, use_display_name=False
        )
        asked = self[f"asked_{name}"] or []
        return {
            key: value
            for key, value in ticket_fields.get_values(present).items()
            if key in asked
        }
