from odoo import api, fields, models

from .ntr_ticket import STAFF


class NtrTicket(models.Model):
    """What a ticket takes from its category: team, line, executor, priority, answer.

    Team, line and executor are filled by the doors and not by computed fields,
    because each change of them belongs in the ledger and is told to somebody.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    answer_template_id = fields.Many2one(
        "mail.template", compute="_compute_answer_template_id", groups=STAFF
    )

    @api.depends("category_id")
    def _compute_answer_template_id(self):
        for ticket in self:
            ticket.answer_template_id = ticket.category_id._get_inherited(
                "answer_template_id"
            )

    # ------------------------------------------------------------
    # New tickets
    # ------------------------------------------------------------

    def _create_tickets(self, vals_list):
        for vals in vals_list:
            self._fill_from_category(vals)
        return super()._create_tickets(vals_list)

    @api.model
    def _fill_from_category(self, vals):
        """Fill in place what the values of a new ticket leave open.

        Whoever names a person or a priority, be it nobody or the lowest, has
        decided; a team and a line every ticket needs.
        """
        if not vals.get("category_id"):
            return
        category = self.env["ntr.ticket.category"].browse(vals["category_id"])
        wanted = category._get_defaults()
        if not vals.get("team_id") and wanted.get("team_id"):
            if self._may_use_team(wanted["team_id"], vals.get("company_id")):
                vals["team_id"] = wanted["team_id"]
        team_id = vals.get("team_id") or self._default_team_id()
        if not vals.get("line_id") and self._is_line_of(wanted.get("line_id"), team_id):
            vals["line_id"] = wanted["line_id"]
        if wanted.get("user_id"):
            vals.setdefault("user_id", wanted["user_id"])
        if wanted.get("priority") and not (vals.get("urgency") and vals.get("impact")):
            vals.setdefault("priority", wanted["priority"])

    @api.model
    def _may_use_team(self, team_id, company_id):
        """Whether whoever registers may register for that team."""
        team_sudo = self.env["ntr.team"].sudo().browse(team_id)
        allowed = [company_id] if company_id else self.env.companies.ids
        return (
            team_sudo.active
            and team_sudo.company_id.id in allowed
            and (
                self.env.su
                or self.env.user in team_sudo.member_ids
                or self.env.user.has_group("helpdesk_ntr.group_director")
            )
        )

    @api.model
    def _is_line_of(self, line_id, team_id):
        line_sudo = self.env["ntr.support.line"].sudo().browse(line_id or [])
        return bool(line_sudo) and line_sudo.active and line_sudo.team_id.id == team_id

    @api.onchange("category_id")
    def _onchange_category_id(self):
        """Show at once what the category fills in; a saved ticket is filled when it
        is saved, by the verbs."""
        if self._origin or not self.category_id:
            return
        wanted = self.category_id._get_defaults()
        team_id = wanted.get("team_id")
        is_given = self.team_id.id not in (False, self._default_team_id())
        if team_id and not is_given and self._may_use_team(team_id, None):
            self.team_id = team_id
        if self.line_id and self.line_id.team_id != self.team_id:
            self.line_id = False
        if not self.line_id and self._is_line_of(
            wanted.get("line_id"), self.team_id.id
        ):
            self.line_id = wanted["line_id"]
        if not self.user_id:
            self.user_id = wanted.get("user_id")
        if wanted.get("priority") and self.priority in (False, "0"):
            self.priority = self._get_matrix_priority() or wanted["priority"]

    # ------------------------------------------------------------
    # Tickets that wait for their category
    # ------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if vals.get("category_id"):
            for ticket in self.filtered(lambda ticket: ticket.state == "new"):
                ticket._take_from_category(vals)
        return result

    def _take_from_category(self, vals):
        """Fill what this new ticket does not have yet, each through the ledger.

        :param dict vals: what is being written besides
        """
        wanted = self.category_id._get_defaults()
        values = {}
        if self._is_line_free(vals) and self._is_line_of(
            wanted.get("line_id"), self.team_id.id
        ):
            values["line_id"] = wanted["line_id"]
        if self._is_priority_free(vals) and wanted.get("priority"):
            values["priority"] = wanted["priority"]
        if values:
            self._write_logged("classified", values, only_if_changed=True)
        user = self.env["res.users"].browse(wanted.get("user_id") or [])
        if "user_id" not in vals and not self.user_id:
            self._assign(self._filter_assignable(user))

    def _is_line_free(self, vals):
        """Whether nobody has chosen a line: the ticket is where such requests come
        in."""
        first_id = self.team_id._choose_line_id({"partner_id": self.partner_id.id})
        return (
            "line_id" not in vals
            and not self.user_id
            and self.line_id.id in (False, first_id)
        )

    def _is_priority_free(self, vals):
        return (
            "priority" not in vals
            and self.priority == "0"
            and not self._get_matrix_priority()
        )

    # ------------------------------------------------------------
    # Answer
    # ------------------------------------------------------------

    def action_answer_by_template(self):
        """Button: write to the client, beginning with the text of the category."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_composition_mode": "comment",
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": self.answer_template_id.id,
                "default_partner_ids": self.partner_id.ids,
                "default_subtype_xmlid": "mail.mt_comment",
            },
        }
