from odoo import api, fields, models
from odoo.tools import format_amount

# Whoever may know what colleagues are paid.
PAY_GROUPS = ("helpdesk_ntr.group_finance", "helpdesk_ntr.group_director")


class NtrExpertRate(models.Model):
    """What an expert is paid from a day on, by solved ticket or by hour (S64).

    A new rate is a new row, so what past months came to stays as it was.
    """

    _name = "ntr.expert.rate"
    _description = "Rate of an expert"
    _order = "user_id, date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        "Expert",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("share", "=", False)],
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self._default_company_id(),
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        "From",
        required=True,
        default=fields.Date.context_today,
        help="It holds until the next rate of this expert begins.",
    )
    basis = fields.Selection(
        [("ticket", "Per solved ticket"), ("hour", "Per hour")],
        "Paid",
        required=True,
        default="ticket",
    )
    amount = fields.Monetary(required=True)

    _once_a_day = models.Constraint(
        "UNIQUE(user_id, company_id, date_from)",
        "This expert has a rate from that day already: change that one.",
    )
    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "A rate cannot be negative."
    )

    def _default_company_id(self):
        return self.env.company

    @api.model
    def _get_current(self, users, company, day):
        """The rates that hold on a day: {user: rate}; who has none is missing."""
        rates = self.sudo().search(
            [
                ("user_id", "in", users.ids),
                ("company_id", "=", company.id),
                ("date_from", "<=", day),
            ],
            order="date_from",
        )
        return {rate.user_id: rate for rate in rates}

    def _get_cost(self, hours):
        """What a ticket that takes so many hours costs by this rate; none: nothing."""
        return self.amount * (hours if self.basis == "hour" else 1)

    def _get_words(self):
        """A sentence that says this rate."""
        amount = format_amount(self.env, self.amount, self.currency_id)
        if self.basis == "hour":
            return self.env._("Is paid %s per hour.", amount)
        return self.env._("Is paid %s per solved ticket.", amount)

    @api.model
    def _is_shown_to(self, user):
        """Whether that person may know what colleagues are paid."""
        return any(user.has_group(group) for group in PAY_GROUPS)
