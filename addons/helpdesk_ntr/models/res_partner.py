from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    ntr_sees_company = fields.Boolean(
        "Sees all requests of the company",
        groups="helpdesk_ntr.group_dispatcher",
        help="On the portal this contact sees the requests of all colleagues, not "
        "only his own.",
    )
    ntr_ticket_count = fields.Integer(
        "Help Desk tickets",
        compute="_compute_ntr_ticket_count",
        groups="helpdesk_ntr.group_engineer",
    )
    ntr_equipment_count = fields.Integer(
        "Units",
        compute="_compute_ntr_equipment_count",
        groups="helpdesk_ntr.group_engineer",
    )

    def _compute_ntr_ticket_count(self):
        self._compute_ntr_count("ntr.ticket", "ntr_ticket_count")

    def _compute_ntr_equipment_count(self):
        self._compute_ntr_count("ntr.equipment", "ntr_equipment_count")

    def _compute_ntr_count(self, model, field_name):
        """Records per client, in one statement for all partners of self."""
        counts = dict(
            self.env[model]._read_group(
                [("commercial_partner_id", "in", self.commercial_partner_id.ids)],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner[field_name] = counts.get(partner.commercial_partner_id, 0)

    def write(self, vals):
        if "ntr_sees_company" in vals:
            # record rules of the portal read it and are cached
            self.env.registry.clear_cache()
        return super().write(vals)

    def action_view_ntr_tickets(self):
        """The tickets of this client."""
        return self._get_ntr_action("helpdesk_ntr.ntr_ticket_action")

    def action_view_ntr_equipment(self):
        """The units of this client."""
        return self._get_ntr_action("helpdesk_ntr.ntr_equipment_action")

    def _get_ntr_action(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [
            ("commercial_partner_id", "=", self.commercial_partner_id.id)
        ]
        action["context"] = {"default_partner_id": self.id}
        return action
