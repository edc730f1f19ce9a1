from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from .ntr_ticket import STAFF
from .ntr_ticket_queues import OPEN_STATES

# How many acknowledgements one sender gets in how many minutes: whoever answers them by
# himself, and is not recognised, must not go on for ever
ACKNOWLEDGE_LIMIT = 5
ACKNOWLEDGE_MINUTES = 60
ALERT_KINDS = ("generated", "bulk", "bounce")


class NtrTicket(models.Model):
    """What programs write: folded, told to nobody, and never answered for ever."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    acknowledged_at = fields.Datetime(
        readonly=True,
        copy=False,
        groups=STAFF,
        help="When the client got the letter with the number.",
    )

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {"acknowledged_at"}

    # ------------------------------------------------------------
    # On a ticket
    # ------------------------------------------------------------

    def _message_create(self, values_list):
        """Keep on a message that a program wrote it."""
        mark = self._get_automatic_mark()
        marked = []
        for values in values_list:
            # what a caller says of it counts for nothing
            values = {key: it for key, it in values.items() if key != "ntr_verdict"}
            if mark and values.get("message_type") == "email":
                values["ntr_verdict"] = mark
            marked.append(values)
        return super()._message_create(marked)

    def _get_message_create_valid_field_names(self):
        return super()._get_message_create_valid_field_names() | {"ntr_verdict"}

    def _get_automatic_mark(self):
        """The kind of the automatic mail that is being taken in, where it is folded.

        An alert is what a team that accepts alerts wants to read.
        """
        if not self._is_withheld("answer"):
            return False
        kind = self.env["ntr.mail.journal"]._get_current().verdict
        team = self[:1].sudo().team_id
        is_wanted = kind in ALERT_KINDS and team and team._get_automatic_terms()[0]
        return not is_wanted and kind

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """What a program wrote is mailed to nobody: the next program would answer."""
        is_mail = (msg_vals or {}).get("message_type", message.message_type) == "email"
        if is_mail and self._is_withheld("answer"):
            return []
        return super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)

    # ------------------------------------------------------------
    # Alerts
    # ------------------------------------------------------------

    @api.model
    def _fold_alerts(self, email_from, team):
        """The ticket that takes in what a device sends again and again.

        :param str email_from: the sender, as the mail has it
        :param team: an ``ntr.team`` that accepts alerts
        :return: his last open ticket, or none where he has not sent so much
        """
        address = email_normalize(email_from or "", strict=False)
        if not address:
            return self.browse()
        __, limit, minutes = team._get_automatic_terms()
        of_sender = Domain(self._detect_loop_sender_domain(address)) & Domain(
            "team_id", "=", team.id
        )
        since = fields.Datetime.now() - timedelta(minutes=minutes)
        recent = Domain("create_date", ">=", since) & of_sender
        count = self.sudo().search_count(recent, limit=limit)
        if count < limit:
            return self.browse()
        is_open = Domain("state", "in", OPEN_STATES)
        ticket = self.sudo().search(of_sender & is_open, order="id desc", limit=1)
        if ticket and not ticket.is_collecting:
            ticket._write_values({"is_collecting": True})
            ticket._tell_of_burst(address, count)
        return ticket

    # ------------------------------------------------------------
    # Acknowledging
    # ------------------------------------------------------------

    def _may_be_acknowledged(self):
        """Whether the sender still gets the letter with the number.

        Each request is acknowledged once; and who sends many mails in a short time may
        be a program that answers our letters.
        """
        self.ensure_one()
        if self.acknowledged_at:
            return False
        address = email_normalize(self.email_from or "", strict=False)
        email_id = self.env["ntr.channel"]._get_id("email")
        if not address or self.channel_id.id != email_id:
            return True
        limit, minutes = self._get_acknowledge_limits()
        since = fields.Datetime.now() - timedelta(minutes=minutes)
        domain = Domain(self._detect_loop_sender_domain(address)) & Domain(
            [("acknowledged_at", ">=", since), ("channel_id", "=", email_id)]
        )
        return self.sudo().search_count(domain, limit=limit) < limit

    @api.model
    def _get_acknowledge_limits(self):
        """(letters to one sender, minutes) beyond which he gets no more of them."""
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return (
            int(get_param("helpdesk_ntr.acknowledge_limit", ACKNOWLEDGE_LIMIT)),
            int(get_param("helpdesk_ntr.acknowledge_minutes", ACKNOWLEDGE_MINUTES)),
        )
