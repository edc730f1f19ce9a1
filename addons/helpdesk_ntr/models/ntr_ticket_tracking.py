from odoo import models

LATER = "ntr.ticket.tracking"


class NtrTicket(models.Model):
    """The notes on what changed, in one go for all tickets that change at once.

    Odoo writes them one by one, two statements for each, before it commits.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    def _message_track(self, fields_iter, initial_values_dict):
        if len(self) < 2:
            return super()._message_track(fields_iter, initial_values_dict)
        notes = self.env.cr.precommit.data[LATER] = []
        try:
            tracking = super()._message_track(fields_iter, initial_values_dict)
        finally:
            del self.env.cr.precommit.data[LATER]
        self._log_changes(notes)
        return tracking

    def _message_log(
        self,
        *,
        body="",
        subject=False,
        author_id=None,
        email_from=None,
        message_type="notification",
        partner_ids=False,
        attachment_ids=False,
        tracking_value_ids=False,
    ):
        notes = self.env.cr.precommit.data.get(LATER)
        if notes is not None and tracking_value_ids:
            notes.append((self.id, author_id, body, tracking_value_ids))
            return self.env["mail.message"]
        return super()._message_log(
            body=body,
            subject=subject,
            author_id=author_id,
            email_from=email_from,
            message_type=message_type,
            partner_ids=partner_ids,
            attachment_ids=attachment_ids,
            tracking_value_ids=tracking_value_ids,
        )

    def _log_changes(self, notes):
        """Write notes: the messages in one statement, what changed in another.

        :param notes: (ticket id, author id, body, commands that create the values)
        """
        values_list = []
        for author_id in dict.fromkeys(note[1] for note in notes):
            group = {note[0]: note for note in notes if note[1] == author_id}
            messages = self.browse(group)._message_log_batch(
                bodies={ticket_id: note[2] for ticket_id, note in group.items()},
                author_id=author_id,
            )
            values_list += [
                dict(command[2], mail_message_id=message.id)
                for message in messages
                for command in group[message.res_id][3]
            ]
        self.env["mail.tracking.value"].sudo().create(values_list)
