from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools import canned_text

WORKERS = ("helpdesk_ntr.group_engineer", "helpdesk_ntr.group_external")


class MailCannedResponse(models.Model):
    """Canned answers of the help desk: for whom, with variables, in several wordings.

    Outside of tickets they are what Odoo makes of them.
    """

    _inherit = "mail.canned.response"

    ntr_team_ids = fields.Many2many(
        "ntr.team",
        "ntr_canned_team_rel",
        string="Teams",
        help="Members of these teams have it, in tickets of these teams. Empty: every "
        "ticket.",
    )
    ntr_user_ids = fields.Many2many(
        "res.users",
        "ntr_canned_user_rel",
        string="Persons",
        domain=[("share", "=", False)],
        help="Colleagues who have it in every ticket.",
    )
    ntr_wording_ids = fields.One2many(
        "ntr.canned.wording",
        "canned_response_id",
        "Other wordings",
        copy=True,
        help="They say the same in other words. Each client gets one after the other.",
    )
    ntr_variables = fields.Char("Variables", compute="_compute_ntr_variables")

    @api.depends("ntr_team_ids", "ntr_user_ids")
    def _compute_is_shared(self):
        result = super()._compute_is_shared()
        for answer in self.sudo():
            if answer.ntr_team_ids or answer.ntr_user_ids:
                answer.is_shared = True
        return result

    @api.depends_context("lang", "uid")
    def _compute_ntr_variables(self):
        self.ntr_variables = self._get_variables_text()

    @api.model
    def _get_variables_text(self):
        """The variables that people may use, as they write them."""
        lang = self.env.context.get("lang") or self.env.user.lang or ""
        names = canned_text.SHOWN.get(lang[:2], canned_text.SHOWN["en"])
        return ", ".join(f"{{{name}}}" for name in names)

    @api.constrains("substitution", "ntr_team_ids", "ntr_user_ids", "ntr_wording_ids")
    def _check_variables(self):
        for answer in self.sudo():
            if answer._is_for_tickets():
                answer._refuse_unknown_variables(answer.substitution)

    def _is_for_tickets(self):
        """Whether it is written for the help desk: texts of other applications may
        have braces of their own."""
        return bool(
            self.ntr_team_ids
            or self.ntr_user_ids
            or self.ntr_wording_ids
            or any(map(self.create_uid.has_group, WORKERS))
        )

    @api.model
    def _refuse_unknown_variables(self, text):
        """Refuse a text that has something in braces that is no variable."""
        faults = canned_text.find_faults(text)
        if faults:
            raise ValidationError(
                self.env._(
                    "“%(fault)s” is no variable that can be filled in. Use one of "
                    "these: %(variables)s.",
                    fault=faults[0],
                    variables=self._get_variables_text(),
                )
            )

    # ------------------------------------------------------------
    # In a ticket
    # ------------------------------------------------------------

    @api.model
    def _get_ntr_domain(self, team):
        """What a colleague is offered in a ticket of that team, besides his rights.

        Who sees everything that is shared, as coordinators do, is not offered what is
        meant for other persons.
        """
        is_common = Domain("ntr_team_ids", "=", False)
        is_odoos = Domain("create_uid", "=", self.env.uid) | Domain(
            "group_ids", "in", self.env.user.all_group_ids.ids
        )
        return (
            Domain("ntr_team_ids", "in", team.ids)
            | Domain("ntr_user_ids", "in", self.env.user.ids)
            | (is_common & is_odoos)
        )

    def _choose_wordings(self, client):
        """The wording of each answer whose turn it is for a client: the one that he
        got least often.

        :param client: ``res.partner``, the firm; may be empty
        :return: {answer: ``ntr.canned.wording``, empty for the answer's own text}
        """
        wordings = self.sudo().ntr_wording_ids
        several = wordings.canned_response_id
        counts = self.env["ntr.canned.use"].sudo()._count_uses(several, client)
        choices = {}
        for answer in self:
            own = wordings.filtered(
                lambda wording, answer=answer: wording.canned_response_id == answer
            )
            choices[answer] = min(
                [own.browse(), *own.sorted()],
                key=lambda wording, answer=answer: counts[answer.id, wording.id],
            )
        return choices

    def _render_for(self, ticket, author):
        """These answers as they read in a ticket.

        :param ticket: ``ntr.ticket``
        :param author: ``res.partner`` who writes
        :return: {answer: text, empty where all of it hangs on missing values}
        """
        values = ticket._get_canned_values(author)
        choices = self._choose_wordings(ticket.sudo().commercial_partner_id)
        return {
            answer: canned_text.render(wording.body or answer.substitution, values)
            for answer, wording in choices.items()
        }

    def _register_use(self, client):
        """Remember which wordings a client has got now.

        :param client: ``res.partner``, the firm; of an unknown sender nothing is kept
        """
        choices = self._choose_wordings(client) if client else {}
        self.env["ntr.canned.use"].sudo().create(
            [
                {
                    "canned_response_id": answer.id,
                    "wording_id": wording.id,
                    "partner_id": client.id,
                }
                for answer, wording in choices.items()
                if answer.sudo().ntr_wording_ids
            ]
        )
