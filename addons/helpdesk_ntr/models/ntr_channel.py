from odoo import fields, models, tools


class NtrChannel(models.Model):
    _name = "ntr.channel"
    _description = "Channel of a request"
    _inherit = ["ntr.cached.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="A stable name for imports, the API and our own doors.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_spoken = fields.Boolean(
        "Spoken",
        help="A person of ours talked with the client while registering, so the "
        "registration itself is the first response.",
    )

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "This code is used by another channel."
    )

    def _get_id(self, code):
        """The id of the channel with that code, or False.

        :param str code: ``email``, ``portal``, ``phone`` ...
        """
        return self.env["ir.model.data"]._xmlid_to_res_id(
            f"helpdesk_ntr.ntr_channel_{code}", raise_if_not_found=False
        )

    @tools.ormcache()
    def _get_spoken_ids(self):
        """Ids of the channels where registering already answers the client."""
        return tuple(self.sudo().search([("is_spoken", "=", True)])._ids)
