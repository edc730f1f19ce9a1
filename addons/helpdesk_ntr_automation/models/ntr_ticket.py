from odoo import models


class NtrTicket(models.Model):
    _inherit = "ntr.ticket"

    def _on_events(self, events):
        result = super()._on_events(events)
        self.env["base.automation"]._start_by_events(self, events)
        return result
