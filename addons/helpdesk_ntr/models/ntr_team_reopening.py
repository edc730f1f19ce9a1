from odoo import fields, models


class NtrTeam(models.Model):
    """What a client's word does to a ticket that we hold for done (S91-S94)."""

    _inherit = "ntr.team"  # pylint: disable=consider-merging-classes-inherited

    reopen_policy = fields.Selection(
        [
            ("window", "While solved, and for some days after closing"),
            ("until_closed", "While solved; never once closed"),
            ("never", "Never"),
        ],
        "Client reopens",
        required=True,
        default="window",
        help="When the client's word opens a ticket again. Otherwise it starts a new "
        "one that continues the old.",
    )
    reopen_limit = fields.Integer(
        "Reopen at most",
        help="How many times the client's word opens the same ticket again. "
        "0: any number of times.",
    )

    _reopen_limit_positive = models.Constraint(
        "CHECK(reopen_limit >= 0)", "A number of times cannot be negative."
    )
