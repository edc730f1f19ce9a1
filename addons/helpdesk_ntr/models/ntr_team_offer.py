from odoo import api, fields, models
from odoo.fields import Domain


class NtrTeam(models.Model):
    """Whom a team works for: clients, or own employees as IT, facilities and personnel
    do (S126, S188)."""

    _inherit = "ntr.team"  # pylint: disable=consider-merging-classes-inherited

    serves = fields.Selection(
        [
            ("all", "Clients and own employees"),
            ("clients", "Clients only"),
            ("employees", "Own employees only"),
        ],
        "Works for",
        required=True,
        default="all",
        help="Who is offered this team when he registers a request himself. Mail to "
        "its address is taken in from everybody.",
    )

    @api.model
    def _get_offered(self):
        """The teams that the user may choose for a request of his own."""
        user = self.env.user
        audience = "clients" if user.share else "employees"
        teams = self.sudo().search(
            Domain("serves", "in", ("all", audience))
            & Domain("company_id", "in", user.company_ids.ids)
        )
        kind = self.env["ntr.ticket.kind"]
        return teams.filtered(
            lambda team: not user.partner_id._get_ntr_refusal(team, kind)
        )
