from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.sql import escape_psql

from ..tools import mail_trust

OTHER_EMAILS = "ntr_other_emails"


class ResPartner(models.Model):
    """By which addresses a contact is known when he writes."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    ntr_other_emails = fields.Char(
        "Other e-mail addresses",
        index="trigram",
        copy=False,
        groups="base.group_user",
        help="What he writes from these addresses is his too; our answers go to the "
        "first one, above. Several are divided by commas.",
    )

    _ntr_email_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )

    # ------------------------------------------------------------
    # Doors
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_ntr_normalized(it) for it in vals_list])

    def write(self, vals):
        return super().write(self._with_ntr_normalized(vals))

    @api.model
    def _with_ntr_normalized(self, vals):
        """These values, the other addresses in one writing."""
        if not vals.get(OTHER_EMAILS):
            return vals
        return dict(vals, **{OTHER_EMAILS: self._normalize_ntr(vals[OTHER_EMAILS])})

    @api.model
    def _normalize_ntr(self, text):
        """Addresses as they are stored: in small letters, each once.

        :raises ValidationError: one of them is none
        """
        parts = str(text).replace(";", ",").replace("\n", ",").split(",")
        found = []
        for part in filter(None, (it.strip() for it in parts)):
            address = email_normalize(part)
            if not address or not mail_trust.get_mailboxes(address):
                raise ValidationError(
                    self.env._(
                        "“%s” is not an e-mail address. Divide several addresses by "
                        "commas.",
                        part,
                    )
                )
            found.append(address)
        return ", ".join(dict.fromkeys(found)) or False

    # ------------------------------------------------------------
    # Whose an address is
    # ------------------------------------------------------------

    @api.model
    def _get_ntr_senders(self, address):
        """The contacts that have an address, or had it without its tag.

        :param str address: normalized, or empty
        :return: tuple of ``tools.mail_trust.Contact``, the likeliest first
        """
        boxes = mail_trust.get_mailboxes(address)
        if not boxes:
            return ()
        domain = Domain("email_normalized", "in", boxes)
        for box in boxes:
            domain |= Domain(OTHER_EMAILS, "ilike", escape_psql(box))
        found = self.sudo().search(domain, order="id")
        known = {it: it._get_ntr_addresses() for it in found}
        found = found.filtered(lambda it: not known[it].isdisjoint(boxes))
        if len(found) > 1:
            found = found.sorted(
                lambda it: (it.partner_share, not it.user_ids, it.is_company, it.id)
            )
        return tuple(
            mail_trust.Contact(
                it.id,
                it.commercial_partner_id.id,
                is_ours=not it.partner_share,
                is_exact=boxes[0] in known[it],
                company_id=it.company_id.id or None,
            )
            for it in found
        )

    def _get_ntr_addresses(self):
        """All addresses of a contact, normalized."""
        self.ensure_one()
        return {self.email_normalized, *(self[OTHER_EMAILS] or "").split(", ")}
