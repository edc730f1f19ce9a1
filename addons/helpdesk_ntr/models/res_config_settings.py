from odoo import api, fields, models
from odoo.exceptions import UserError


class ResConfigSettings(models.TransientModel):
    """Every rule of a team in words; what is changed is written at once, together."""

    _inherit = "res.config.settings"

    ntr_team_id = fields.Many2one(
        "ntr.team",
        "Rules of the team",
        domain="[('company_id', '=', company_id)]",
        default=lambda self: self._default_ntr_team_id(),
    )
    ntr_serves = fields.Selection(related="ntr_team_id.serves", readonly=False)
    ntr_is_acknowledging = fields.Boolean(
        related="ntr_team_id.is_acknowledging", readonly=False
    )
    ntr_is_confidential = fields.Boolean(
        related="ntr_team_id.is_confidential", readonly=False
    )
    ntr_duplicate_days = fields.Integer(
        related="ntr_team_id.duplicate_days", readonly=False
    )
    ntr_is_accepting_automatic = fields.Boolean(
        related="ntr_team_id.is_accepting_automatic", readonly=False
    )
    ntr_automatic_limit = fields.Integer(
        related="ntr_team_id.automatic_limit", readonly=False
    )
    ntr_automatic_minutes = fields.Integer(
        related="ntr_team_id.automatic_minutes", readonly=False
    )
    ntr_reaction_hours = fields.Float(
        related="ntr_team_id.reaction_hours", readonly=False
    )
    ntr_late_priority = fields.Selection(
        related="ntr_team_id.late_priority", readonly=False
    )
    ntr_undo_seconds = fields.Integer(
        related="ntr_team_id.undo_seconds", readonly=False
    )
    ntr_is_answer_checked = fields.Boolean(
        related="ntr_team_id.is_answer_checked", readonly=False
    )
    ntr_question_id = fields.Many2one(related="ntr_team_id.question_id", readonly=False)
    ntr_client_wait_days = fields.Integer(
        related="ntr_team_id.client_wait_days", readonly=False
    )
    ntr_reminder_days = fields.Integer(
        related="ntr_team_id.reminder_days", readonly=False
    )
    ntr_reminder_limit = fields.Integer(
        related="ntr_team_id.reminder_limit", readonly=False
    )
    ntr_silent_solve_days = fields.Integer(
        related="ntr_team_id.silent_solve_days", readonly=False
    )
    ntr_assignment_mode = fields.Selection(
        related="ntr_team_id.assignment_mode", readonly=False
    )
    ntr_take_alarm_minutes = fields.Integer(
        related="ntr_team_id.take_alarm_minutes", readonly=False
    )
    ntr_is_kind_required = fields.Boolean(
        related="ntr_team_id.is_kind_required", readonly=False
    )
    ntr_is_category_required = fields.Boolean(
        related="ntr_team_id.is_category_required", readonly=False
    )
    ntr_closing_days = fields.Integer(
        related="ntr_team_id.closing_days", readonly=False
    )
    ntr_closing_warning_days = fields.Integer(
        related="ntr_team_id.closing_warning_days", readonly=False
    )
    ntr_reopen_policy = fields.Selection(
        related="ntr_team_id.reopen_policy", readonly=False
    )
    ntr_reopen_days = fields.Integer(related="ntr_team_id.reopen_days", readonly=False)
    ntr_reopen_limit = fields.Integer(
        related="ntr_team_id.reopen_limit", readonly=False
    )
    ntr_muted_template_ids = fields.Many2many(
        related="ntr_team_id.muted_template_ids", readonly=False
    )
    ntr_greeting = fields.Char(related="ntr_team_id.greeting", readonly=False)
    ntr_signature = fields.Html(related="ntr_team_id.signature", readonly=False)
    ntr_resource_calendar_id = fields.Many2one(
        related="ntr_team_id.resource_calendar_id", readonly=False
    )

    ntr_mail_auth_servers = fields.Char(
        "Servers that prove senders",
        config_parameter="helpdesk_ntr.mail_auth_servers",
        help="Names by which your own mail servers sign what they found out about a "
        "sender (the first word of Authentication-Results). Others are not believed.",
    )

    def _default_ntr_team_id(self):
        return self.env["ntr.team"]._get_default_id(self.env.company.id)

    @api.model
    def _get_ntr_policies(self):
        """{field of the page: field of the team} of all rules that the page shows."""
        return {
            name: field.related.removeprefix("ntr_team_id.")
            for name, field in self._fields.items()
            if field.related and field.related.startswith("ntr_team_id.")
        }

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        for vals in vals_list:
            self._write_ntr_policies(vals)
        return super().create(vals_list)

    def _write_ntr_policies(self, vals):
        """Write the rules that differ in one go: one by one, two that belong together
        would contradict each other in between.

        :param dict vals: values of one page
        """
        changes = {
            policy: vals[name]
            for name, policy in self._get_ntr_policies().items()
            if name in vals
        }
        team_id = vals.get("ntr_team_id", self._default_ntr_team_id())
        team = self.env["ntr.team"].browse(team_id).exists()
        if not (team and changes):
            return
        if team.sudo().company_id != self.env.company:
            raise UserError(
                self.env._("Choose a team of %s.", self.env.company.display_name)
            )
        new = team.new(changes)
        changed = {
            name: value for name, value in changes.items() if new[name] != team[name]
        }
        if changed:
            team.write(changed)
