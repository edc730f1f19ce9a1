from odoo import api, fields, models
from odoo.exceptions import AccessError


class NtrPersonalDataLog(models.Model):
    """Who exported or erased the data of whom, and when; nothing of the data."""

    _name = "ntr.personal.data.log"
    _description = "Log of personal data"
    _order = "id desc"
    _rec_name = "partner_id"
    _log_access = False

    action = fields.Selection(
        [("export", "Exported"), ("erase", "Erased")], required=True, readonly=True
    )
    at = fields.Datetime("When", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Who", required=True, readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", "Contact", readonly=True, ondelete="set null", index=True
    )
    partner_ref = fields.Integer(
        "Number of the contact", readonly=True, help="Stays when the card is deleted."
    )
    reason = fields.Text("Ground", readonly=True)
    ticket_count = fields.Integer("Tickets", readonly=True, aggregator=None)

    @api.model
    def _enter(self, action, partner, ticket_count, reason=None):
        """Enter one row; called by the export and the erasure only."""
        return self.sudo().create(
            {
                "action": action,
                "at": fields.Datetime.now(),
                "user_id": self.env.uid,
                "partner_id": partner.id,
                "partner_ref": partner.id,
                "reason": reason,
                "ticket_count": ticket_count,
            }
        )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("The log is written by the help desk itself."))
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(self.env._("The log cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("The log cannot be shortened."))
