from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize


class NtrTicket(models.Model):
    """Who will get what is being written, told before it is sent (S109)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    def message_readers(self, partner_ids=(), emails=(), is_note=False):
        """Who gets a message that the user sends in this ticket now (S109).

        Followers are among them; the user himself is not.

        :param list partner_ids: ids of the contacts it is addressed to
        :param list emails: addresses of those who are no contacts yet
        :param bool is_note: an internal note, not an answer
        :return: {"client": names, "staff": names, "supplier": names, "other": names};
            "other" are outsiders who do not belong to the client
        :raises AccessError: the user is no colleague or may not read the ticket
        """
        self.ensure_one()
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only colleagues see who gets a message."))
        self.check_access("read")
        readers = {"client": [], "staff": [], "supplier": [], "other": []}
        for row in self._get_reader_rows(partner_ids, is_note):
            readers[self._get_reader_kind(row)].append(row["name"])
        for email in self._as_list(emails):
            is_sender = email_normalize(str(email)) == email_normalize(self.email_from)
            readers["client" if is_sender else "other"].append(str(email))
        return readers

    @api.model
    def _as_list(self, argument):
        """Callers of the API send anything."""
        return argument if isinstance(argument, (list, tuple)) else []

    def _get_reader_rows(self, partner_ids, is_note):
        """What Odoo knows of those whom it would notify, by name."""
        contacts = self.env["res.partner"].union(
            *(
                self._find_argument("res.partner", it)
                for it in self._as_list(partner_ids)
            )
        )
        subtype = "mail.mt_note" if is_note else "mail.mt_comment"
        rows = self.sudo()._notify_get_recipients(
            self.env["mail.message"],
            {
                # nobody learns names from ids that he may not read
                "partner_ids": contacts._filtered_access("read").ids,
                "message_type": "comment",
                "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id(subtype),
                "author_id": self.env.user.partner_id.id,
            },
        )
        return sorted(rows, key=lambda row: (row["name"] or "", row["id"]))

    def _get_reader_kind(self, row):
        """On which side somebody stands whom a message reaches.

        :param dict row: of ``_notify_get_recipients``
        :return: ``client``, ``staff``, ``supplier`` or ``other``
        """
        if not row["share"]:
            return "staff"
        ticket_sudo = self.sudo()
        partner_sudo = ticket_sudo.env["res.partner"].browse(row["id"])
        firm = partner_sudo.commercial_partner_id
        if firm == ticket_sudo.commercial_partner_id:
            return "client"
        if firm in ticket_sudo.escalation_ids.supplier_id.commercial_partner_id:
            return "supplier"
        wanted = email_normalize(self.email_from)
        is_sender = wanted and partner_sudo.email_normalized == wanted
        return "client" if is_sender else "other"
