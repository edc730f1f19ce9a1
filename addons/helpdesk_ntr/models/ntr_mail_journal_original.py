import base64

from odoo import api, fields, models


class NtrMailJournal(models.Model):
    """A mail as it came, for those who may read its row."""

    _inherit = "ntr.mail.journal"

    has_original = fields.Boolean(
        compute="_compute_has_original", help="The bytes are kept for some time."
    )

    @api.depends("raw")
    def _compute_has_original(self):
        # sudo: whether the bytes are there, not what they are
        kept = self.sudo().search([("id", "in", self.ids), ("raw", "!=", False)])
        for journal in self:
            journal.has_original = journal.id in kept.ids

    def _get_original(self):
        """The bytes of a mail; none where they are not kept any more."""
        raw = self.with_context(bin_size=False).raw if self else False
        return base64.b64decode(raw) if raw else b""

    def action_original(self):
        """Button: save the mail as it came."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/helpdesk/incoming/{self.id}/original.eml",
            "target": "download",
        }
