from odoo import fields, models


class NtrEquipmentModel(models.Model):
    _name = "ntr.equipment.model"
    _description = "Equipment model"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    product_id = fields.Many2one("product.product", index="btree_not_null")
    manufacturer_id = fields.Many2one("res.partner", index="btree_not_null")
    description = fields.Html()
    equipment_ids = fields.One2many("ntr.equipment", "model_id", "Units")
    equipment_count = fields.Integer(
        "Number of units", compute="_compute_equipment_count"
    )

    def _compute_equipment_count(self):
        counts = dict(
            self.env["ntr.equipment"]._read_group(
                [("model_id", "in", self.ids)], ["model_id"], ["__count"]
            )
        )
        for model in self:
            model.equipment_count = counts.get(model, 0)
