import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models

VALID_DAYS = 60


class NtrLink(models.Model):
    """A link that opens one thing without login.

    Only the hash of the token is kept: who reads the database cannot use it.
    """

    _name = "ntr.link"
    _description = "Link without login"
    _order = "id desc"
    _rec_name = "verb"

    token_hash = fields.Char(required=True, readonly=True, groups="base.group_system")
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", required=True, readonly=True
    )
    verb = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade")
    expires_at = fields.Datetime(required=True, readonly=True)
    is_revoked = fields.Boolean("Revoked", readonly=True)

    _token_hash_uniq = models.UniqueIndex("(token_hash)")
    _record_idx = models.Index("(res_model, res_id)")

    @api.model
    def _hash(self, token):
        return hashlib.sha256((token or "").encode()).hexdigest()

    @api.model
    def _make(self, record, verb, partner=None, valid_days=VALID_DAYS):
        """Make a link and return its token, which is not kept.

        :param record: what the link opens
        :param str verb: the one thing that may be done with it
        :param partner: for whom the link is, if known
        :param int valid_days: calendar days until it expires
        """
        token = secrets.token_urlsafe(32)
        self.create(
            {
                "token_hash": self._hash(token),
                "res_model": record._name,
                "res_id": record.id,
                "verb": verb,
                "partner_id": partner.id if partner else False,
                "expires_at": fields.Datetime.now() + timedelta(days=valid_days),
            }
        )
        return token

    @api.model
    def _find(self, token):
        """The link of that token, or nothing when it is wrong, old or revoked."""
        return self.search(
            [
                ("token_hash", "=", self._hash(token)),
                ("is_revoked", "=", False),
                ("expires_at", ">", fields.Datetime.now()),
            ],
            limit=1,
        )

    def _get_record(self):
        """What this link opens; empty when it is gone."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).exists()

    @api.model
    def _revoke(self, records):
        """End every link to these records."""
        self.search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        ).write({"is_revoked": True})

    @api.autovacuum
    def _gc_expired(self):
        limit = fields.Datetime.now() - timedelta(days=VALID_DAYS)
        self.search([("expires_at", "<", limit)], limit=10000).unlink()
