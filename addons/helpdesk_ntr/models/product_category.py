from odoo import models


class ProductCategory(models.Model):
    """Competences name categories of products with everything below them."""

    _name = "product.category"
    _inherit = ["product.category", "ntr.cached.mixin"]
