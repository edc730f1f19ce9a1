from odoo import api, fields, models


class NtrEquipment(models.Model):
    """A unit at a client that requests are about."""

    _name = "ntr.equipment"
    _description = "Unit of equipment"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _rec_names_search = ["number", "name", "serial"]
    _check_company_auto = True

    number = fields.Char(readonly=True, copy=False, default="/")
    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    model_id = fields.Many2one(
        "ntr.equipment.model", index="btree_not_null", tracking=True
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    serial = fields.Char("Serial number", index="trigram", copy=False, tracking=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Owner",
        index=True,
        tracking=True,
        check_company=True,
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        "Client",
        compute="_compute_commercial_partner_id",
        store=True,
        precompute=True,
        index=True,
    )
    site_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
        help="The address where the unit stands.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self._default_company_id(),
    )
    ticket_ids = fields.One2many("ntr.ticket", "equipment_id", "Tickets")
    ticket_count = fields.Integer("Number of tickets", compute="_compute_ticket_count")
    note = fields.Html(groups="base.group_user")

    _number_uniq = models.Constraint("UNIQUE(number)", "This unit number is taken.")

    def _default_company_id(self):
        return self.env.company

    @api.depends("model_id")
    def _compute_product_id(self):
        for unit in self:
            unit.product_id = unit.model_id.product_id or unit.product_id

    @api.depends("partner_id")
    def _compute_commercial_partner_id(self):
        for unit in self:
            unit.commercial_partner_id = unit.partner_id.commercial_partner_id

    def _compute_ticket_count(self):
        counts = dict(
            self.env["ntr.ticket"]._read_group(
                [("equipment_id", "in", self.ids)], ["equipment_id"], ["__count"]
            )
        )
        for unit in self:
            unit.ticket_count = counts.get(unit, 0)

    @api.depends("name", "serial")
    def _compute_display_name(self):
        for unit in self:
            unit.display_name = (
                f"{unit.name} ({unit.serial})" if unit.serial else unit.name
            )

    @api.model_create_multi
    def create(self, vals_list):
        sequence = self.env["ir.sequence"].sudo()
        for vals in vals_list:
            if vals.get("number", "/") == "/":
                vals["number"] = sequence.next_by_code("ntr.equipment")
        return super().create(vals_list)

    def action_open_tickets(self):
        """The tickets about this unit."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_ntr.ntr_ticket_action"
        )
        action["domain"] = [("equipment_id", "=", self.id)]
        action["context"] = {"default_equipment_id": self.id}
        return action
