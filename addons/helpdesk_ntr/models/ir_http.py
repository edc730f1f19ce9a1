from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Clients read on the portal what our scripts write there."""
        return [*super()._get_translation_frontend_modules_name(), "helpdesk_ntr"]
