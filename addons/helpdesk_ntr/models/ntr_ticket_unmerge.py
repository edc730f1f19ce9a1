from odoo import fields, models
from odoo.exceptions import UserError

from .ntr_ticket_merge import ADDED_FIELDS, COURSE_FIELDS


class NtrTicket(models.Model):
    """A merge that was wrong is undone: both tickets stand as they were (S175)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------
    # Verb
    # ------------------------------------------------------------

    def unmerge(self):
        """Undo merges: these tickets stand again as they were.

        The ledger keeps both. What came later stays with the ticket that it went to,
        unless it was sent to the merged number.

        :return: True
        :raises UserError: not merged, or the other one was merged on meanwhile
        """
        tickets = self._for_verb("unmerge")
        for ticket in tickets.sudo():
            master = ticket.merged_into_id
            if not master:
                raise UserError(
                    self.env._("%s is not merged into another ticket.", ticket.number)
                )
            if master.merged_into_id:
                raise UserError(
                    self.env._(
                        "%(master)s, which holds %(number)s, was itself merged into "
                        "%(last)s. Undo that first.",
                        master=master.number,
                        number=ticket.number,
                        last=master.merged_into_id.number,
                    )
                )
        (tickets | tickets.sudo().merged_into_id.with_env(self.env))._lock()
        for ticket in tickets.sudo().sorted("id", reverse=True):
            ticket._unmerge()
        return True

    def action_unmerge(self):
        """Button: undo the merge of this ticket."""
        self.unmerge()

    # ------------------------------------------------------------
    # Undoing
    # ------------------------------------------------------------

    def _unmerge(self):
        """This ticket stands by itself again."""
        master, snapshot = self.merged_into_id, self.merge_snapshot
        own_changes, master_changes = snapshot["changes"]
        self._return_messages(master)
        self._move_files_and_links(snapshot, master, self)
        self._unfollow(master, snapshot["followers"])
        self._write_logged(
            "unmerged",
            dict(
                self._get_restored_values(own_changes),
                merged_into_id=False,
                merge_snapshot=False,
            ),
            reason=master.number,
        )
        master._write_logged(
            "unmerged",
            master._get_restored_values(master_changes, only_if_same=True),
            reason=self.number,
        )
        master.message_post(
            body=self.env._("%s is a ticket of its own again.", self.number),
            subtype_xmlid="mail.mt_note",
        )

    def _return_messages(self, master):
        """What was written in this ticket, or sent to its number, comes back."""
        messages = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "=", master.id),
                ("ntr_origin_id", "in", self._get_merged_tree().ids),
            ]
        )
        files = messages.attachment_ids.filtered(
            lambda it: (it.res_model, it.res_id) == (self._name, master.id)
        )
        files.write({"res_id": self.id})
        self._move_messages(messages, self)
        messages.filtered(lambda it: it.ntr_origin_id == self).write(
            {"ntr_origin_id": False}
        )
        (self | master).invalidate_recordset(["message_ids"])

    def _unfollow(self, master, partner_ids):
        """Whoever followed only because of this ticket stops, unless he joined in."""
        joined = master.message_ids.filtered(lambda it: not it.ntr_origin_id).author_id
        staying = joined | master.partner_id | master.user_id.partner_id
        leaving = self.env["res.partner"].browse(partner_ids).exists() - staying
        if leaving:
            master.message_unsubscribe(leaving.ids)

    def _get_restored_values(self, changes, only_if_same=False):
        """What to write so that this ticket stands as before the merge.

        :param dict changes: {field: [before, after]} of the merge
        :param bool only_if_same: leave what somebody changed after the merge
        """
        is_same = {
            name: self._get_merge_value(name) == after
            for name, (__, after) in changes.items()
        }
        is_course_same = all(is_same.get(name, True) for name in COURSE_FIELDS)
        values = {}
        for name, (before, after) in changes.items():
            is_kept = is_course_same if name in COURSE_FIELDS else is_same[name]
            if name in ADDED_FIELDS:
                values[name] = [
                    fields.Command.unlink(id_) for id_ in set(after) - set(before)
                ]
            elif is_kept or not only_if_same:
                values[name] = self._get_existing(name, before)
        return values

    def _get_existing(self, name, value):
        """A value to write; of a record that is gone, what comes nearest."""
        field = self._fields[name]
        if field.type != "many2one" or not value:
            return value
        record = self.env[field.comodel_name].browse(value).exists()
        if name == "stage_id" and not record:
            return self.team_id._get_stage_id("open")
        return record.id
