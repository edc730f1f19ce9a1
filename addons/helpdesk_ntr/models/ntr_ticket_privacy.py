from datetime import timedelta

from odoo import api, fields, models

from .ntr_ticket_verbs import WORKERS

# A person who comes back to a confidential ticket within this time is one reader.
VIEW_HOURS = 1
CONTENT_FIELDS = {"description", "solution", "message_ids", "event_ids"}


class NtrTicket(models.Model):
    """Who may read what of a ticket, beyond record rules, and who did."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------
    # Head, conversation, history
    # ------------------------------------------------------------

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Some read the head of a ticket, not its conversation: finance and authors
        of any ticket, members of lines without history of ended ones (S88).

        Messages of a record whose operation nobody has are neither found nor
        exported; attachments ask here too.
        """
        operations = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        for ticket in self if not self.env.su else self.browse():
            if not ticket._may_read_conversation():
                operations[ticket] = "unlink"
        return operations

    def _may_read_conversation(self):
        """Whether this user reads what was said in this ticket, its head given."""
        self.ensure_one()
        user = self.env.user
        if not user._is_internal():
            return True
        return self._reads_conversations() and (
            user.ntr_sees_history or not self.sudo()._is_ended()
        )

    @api.model
    def _reads_conversations(self):
        """Whether this colleague reads more than the heads of tickets."""
        return any(self.env.user.has_group(group) for group in WORKERS)

    # ------------------------------------------------------------
    # Confidential tickets
    # ------------------------------------------------------------

    def _create_values(self, vals_list):
        return super()._create_values([self._with_confidant(it) for it in vals_list])

    def _write_values(self, vals):
        return super()._write_values(self._with_confidant(vals))

    @api.model
    def _with_confidant(self, vals):
        """Whoever makes a ticket confidential keeps it before his eyes."""
        if not vals.get("is_confidential") or self.env.su:
            return vals
        link = fields.Command.link(self.env.uid)
        return dict(vals, confidant_ids=[*(vals.get("confidant_ids") or []), link])

    def read(self, fields=None, load="_classic_read"):
        """Read as any record; who reads a confidential ticket is recorded."""
        result = super().read(fields, load)
        self._log_views(fields)
        return result

    def web_read(self, specification):
        """Read as any record; who reads a confidential ticket is recorded."""
        result = super().web_read(specification)
        self._log_views(specification)
        return result

    def export_data(self, fields_to_export):
        """Export as any record; who exports a confidential ticket is recorded."""
        result = super().export_data(fields_to_export)
        self._log_views([name.split("/")[0] for name in fields_to_export])
        return result

    def _log_views(self, names):
        """Enter into the ledger that the user read what a confidential ticket says.

        :param names: the fields that he reads; None for all. Heads are no secret
        """
        if self.env.su or (names is not None and not CONTENT_FIELDS & set(names)):
            return
        secret = self.sudo().filtered("is_confidential")
        if not secret:
            return
        since = fields.Datetime.now() - timedelta(hours=VIEW_HOURS)
        seen = (
            self.env["ntr.ticket.event"]
            .sudo()
            .search(
                [
                    ("ticket_id", "in", secret.ids),
                    ("type", "=", "viewed"),
                    ("actor_id", "=", self.env.user.partner_id.id),
                    ("at", ">", since),
                ]
            )
        )
        (secret - seen.ticket_id)._register_event("viewed", audience="staff")
