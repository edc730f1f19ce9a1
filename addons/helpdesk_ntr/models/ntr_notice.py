from odoo import api, fields, models


class NtrNotice(models.Model):
    """A letter that is due: written where it must be cheap and sure, sent later.

    A row goes away when its letter is posted; one that fails stays, with the reason.
    """

    _name = "ntr.notice"
    _description = "Letter that is due"
    _inherit = ["ntr.due.mixin"]
    _order = "due_at, id"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("ntr.ticket", required=True, ondelete="cascade")
    template_id = fields.Many2one("mail.template", ondelete="cascade")
    message_id = fields.Many2one(
        "mail.message",
        "Answer to repeat",
        ondelete="cascade",
        index="btree_not_null",
        help="What was answered in the master incident of this ticket.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Colleague",
        ondelete="cascade",
        help="To whom of us the letter goes. Empty: to the client.",
    )
    reason = fields.Text(help="The words of whoever did what the letter tells of.")
    due_at = fields.Datetime(required=True)
    failure = fields.Text(help="Why the letter could not be made.")

    _due_idx = models.Index("(due_at, id) WHERE failure IS NULL")
    _has_content = models.Constraint(
        "CHECK(template_id IS NOT NULL OR message_id IS NOT NULL)",
        "A letter is made from a template or from an answer.",
    )
    _ticket_idx = models.Index("(ticket_id)")

    @api.model
    def _schedule(self, vals_list):
        """Note letters down and wake the scheduled action up.

        :param list vals_list: ``ticket_id``, ``template_id`` (or ``message_id``, an
            answer to say again) and optionally
            ``due_at`` (naive UTC, now), ``partner_id`` (a colleague, by default it
            goes to the client) and ``reason`` of each letter
        """
        if not vals_list:
            return self
        now = fields.Datetime.now()
        notices = self.create([{"due_at": now, **vals} for vals in vals_list])
        # whoever fetches mail does it once, for all of it
        if not self.env.context.get("fetchmail_cron_running"):
            self._get_cron()._trigger(set(notices.mapped("due_at")))
        return notices

    @api.model
    def _get_cron(self):
        return self.env["ir.cron"].browse(
            self.env["ir.model.data"]._xmlid_to_res_id(
                "helpdesk_ntr.ir_cron_send_notices"
            )
        )

    @api.model
    def _wake_up(self):
        """Wake the scheduled action up if letters are due."""
        if self.sudo().search_count(self._get_due_domain(), limit=1):
            self._get_cron()._trigger()

    @api.model
    def _get_due_domain(self):
        return [("due_at", "<=", fields.Datetime.now()), ("failure", "=", False)]

    @api.model
    def _cron_send(self, limit=100):
        """Post the letters that are due, each once, in batches that can be cut off."""
        self._work_off(self._get_due_domain(), "_send", limit=limit)

    def _lock_due(self):
        """The ticket too: whoever is at work on it posts first."""
        notice = super()._lock_due()
        if not notice.ticket_id.try_lock_for_update(allow_referencing=True):
            return notice.browse()
        return notice

    def _send(self):
        """Post the letter; then it is due no more."""
        if self.message_id:
            self.ticket_id._repeat_answer(self.message_id)
        elif self.partner_id:
            self.ticket_id._post_staff_letter(
                self.template_id, self.partner_id, self.reason
            )
        else:
            self.ticket_id._post_letter(self.template_id)
        self.unlink()

    def _set_due_aside(self, failure):
        self.failure = failure
