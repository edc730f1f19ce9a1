from odoo import api, fields, models
from odoo.tools.misc import babel_locale_parse

from ..tools import opening
from ..tools.working_time import NeverOpen
from .ntr_ticket import STAFF


class NtrTicket(models.Model):
    """When the desk opens next, for whoever wrote while it was closed."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    next_opening = fields.Char(
        "We open again",
        compute="_compute_next_opening",
        groups=STAFF,
        help="In the client's language; empty while the desk is open, and where he "
        "wrote in working hours. For letters.",
    )

    @api.depends("team_id", "create_date", "partner_id.lang", "name", "description")
    def _compute_next_opening(self):
        for ticket in self:
            at = ticket._get_next_opening()
            ticket.next_opening = at and ticket._describe_opening(at)

    def _get_next_opening(self):
        """The next opening, where the desk was closed when this ticket came in and
        still is.

        :return: naive UTC, or False
        """
        now = fields.Datetime.now()
        working_time = self.team_id.sudo()._get_working_time()
        try:
            at = working_time.next_opening(self.create_date or now)
        except NeverOpen:
            return False
        return at > now and at

    def _describe_opening(self, at):
        """That moment in the client's language and the desk's time zone."""
        zone = self.team_id.sudo()._get_calendar().tz or "UTC"
        return opening.describe(at, zone, babel_locale_parse(self.lang))
