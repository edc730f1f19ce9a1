from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class NtrTicketMergeWizard(models.TransientModel):
    """Choose which ticket stays; the others become part of it."""

    _name = "ntr.ticket.merge.wizard"
    _description = "Merge tickets"

    ticket_ids = fields.Many2many("ntr.ticket", required=True, string="Tickets")
    candidate_ids = fields.Many2many(
        "ntr.ticket",
        "ntr_ticket_merge_candidate_rel",
        compute="_compute_candidate_ids",
    )
    master_id = fields.Many2one(
        "ntr.ticket",
        "Ticket that stays",
        compute="_compute_master_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', candidate_ids)]",
    )
    refusal = fields.Text(compute="_compute_refusal")

    @api.depends("ticket_ids")
    def _compute_candidate_ids(self):
        """Of several, one of them; of one, any open ticket of its client."""
        for wizard in self:
            tickets = wizard.ticket_ids._origin
            wizard.candidate_ids = (
                tickets.search(tickets._get_merge_candidates_domain(), limit=200)
                if len(tickets) == 1
                else tickets
            )

    @api.depends("ticket_ids")
    def _compute_master_id(self):
        """The likeliest double; of several, the oldest that is not over."""
        for wizard in self:
            tickets = wizard.ticket_ids._origin
            if len(tickets) == 1:
                wizard.master_id = tickets.duplicate_ids[:1]
            else:
                is_open = tickets.filtered(lambda it: not it._is_ended())
                wizard.master_id = is_open.sorted("id")[:1]

    @api.depends("ticket_ids", "master_id")
    def _compute_refusal(self):
        for wizard in self:
            master = wizard.master_id
            refusals = [
                refusal
                for ticket in wizard.ticket_ids._origin - master
                if master and (refusal := ticket._get_merge_refusal(master))
            ]
            wizard.refusal = "\n".join(refusals)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        ids = self.env.context.get("active_ids")
        if "ticket_ids" in fields and ids:
            defaults.setdefault("ticket_ids", [Command.set(ids)])
        return defaults

    def action_merge(self):
        """Merge, and go to the ticket that stays."""
        self.ensure_one()
        tickets = self.ticket_ids - self.master_id
        if not tickets:
            raise UserError(self.env._("Choose the ticket that stays."))
        tickets.merge_into(self.master_id.id)
        return {
            "type": "ir.actions.act_window",
            "res_model": "ntr.ticket",
            "res_id": self.master_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
