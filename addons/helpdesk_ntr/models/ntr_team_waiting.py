from odoo import api, fields, models, tools

from ..tools.working_time import NeverOpen

HOUR = 3600


class NtrTeam(models.Model):
    """How long this team lets a client wait, and waits for him."""

    _inherit = "ntr.team"  # pylint: disable=consider-merging-classes-inherited

    reaction_hours = fields.Float(
        "React within",
        default=4,
        help="Working hours that a client may wait for an answer of a person before "
        "his ticket counts as late. 0: never.",
    )
    client_wait_days = fields.Integer(
        "Silent after",
        default=3,
        help="Working days without an answer after which a client whom a ticket "
        "waits for counts as silent. 0: never.",
    )

    _waiting_rules_positive = models.Constraint(
        "CHECK(reaction_hours >= 0 AND client_wait_days >= 0)",
        "A number of hours or days cannot be negative.",
    )

    @api.model
    @tools.ormcache()
    def _get_all_ids(self):
        """The ids of all teams, archived ones too: they may have open tickets."""
        return self.sudo().with_context(active_test=False).search([])._ids

    def _subtract_working_hours(self, end, hours):
        """The last moment from which so much working time passes until the end.

        :param datetime end: naive UTC
        :return: naive UTC, or False where the calendar was never open for so long
        """
        try:
            return self.sudo()._get_working_time().subtract(end, hours * HOUR)
        except NeverOpen:
            return False
