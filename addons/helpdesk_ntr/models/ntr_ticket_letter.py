from odoo import api, fields, models
from odoo.exceptions import UserError

from .ntr_ticket import STAFF


class NtrTicket(models.Model):
    """The letter of a category: sent to the client once, by the queue (S100)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    letter_template_id = fields.Many2one(
        "mail.template",
        "Letter of the category",
        compute="_compute_letter_template_id",
        groups=STAFF,
        help="Empty once it was sent.",
    )
    sent_letter_ids = fields.Many2many(
        "mail.template",
        "ntr_ticket_sent_letter_rel",
        string="Letters sent",
        readonly=True,
        copy=False,
        groups=STAFF,
    )

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {"sent_letter_ids"}

    @api.depends("category_id", "sent_letter_ids")
    def _compute_letter_template_id(self):
        for ticket in self:
            template, __ = ticket.category_id._get_letter()
            ticket.letter_template_id = template - ticket.sent_letter_ids

    # ------------------------------------------------------------
    # When it goes out
    # ------------------------------------------------------------

    def _on_created(self):
        result = super()._on_created()
        if not self._is_withheld("acknowledge"):
            self._send_due_letters()
        return result

    def write(self, vals):
        result = super().write(vals)
        if vals.get("category_id"):
            self.filtered(lambda ticket: ticket.state == "new")._send_due_letters()
        return result

    def _solve(self, vals=None):
        result = super()._solve(vals)
        self._send_due_letters()
        return result

    def _send_due_letters(self):
        """Send the letters that these tickets' categories have for their states."""
        for ticket in self.sudo().filtered("category_id"):
            template, moment = ticket.category_id._get_letter()
            if template and moment == ticket.state:
                ticket._send_letter(template)

    def _send_letter(self, template):
        """Put a letter into the queue, unless the client got it or has no address."""
        self.ensure_one()
        ticket_sudo = self.sudo()
        if template in ticket_sudo.sent_letter_ids:
            return
        if ticket_sudo.partner_id or ticket_sudo.email_from:
            self.env["ntr.notice"].sudo()._schedule(
                [{"ticket_id": self.id, "template_id": template.id}]
            )
            ticket_sudo._write_values(
                {"sent_letter_ids": [fields.Command.link(template.id)]}
            )

    # ------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------

    def send_letter(self):
        """Send clients the letter of their request's category, once.

        :return: True
        :raises UserError: there is none, it was sent, or the client has no address
        """
        tickets = self._for_verb("send_letter")
        for ticket in tickets:
            template, __ = ticket.category_id._get_letter()
            if not template:
                raise UserError(
                    self.env._("The category of %s has no letter.", ticket.number)
                )
            if template in ticket.sudo().sent_letter_ids:
                raise UserError(
                    self.env._("The client of %s got this letter.", ticket.number)
                )
            if not (ticket.partner_id or ticket.email_from):
                raise UserError(
                    self.env._(
                        "%s has neither a contact nor an e-mail to write to.",
                        ticket.number,
                    )
                )
            ticket._send_letter(template)
        return True

    def action_send_letter(self):
        """Button: send the letter of the category."""
        self.send_letter()
