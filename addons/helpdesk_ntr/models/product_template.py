from odoo import models


class ProductTemplate(models.Model):
    """The card of a product counts what there is about any of its variants."""

    _name = "product.template"
    _inherit = ["product.template", "ntr.product.card.mixin"]

    _ntr_path = "product_id.product_tmpl_id"

    def _get_ntr_variant(self):
        return self.product_variant_id
