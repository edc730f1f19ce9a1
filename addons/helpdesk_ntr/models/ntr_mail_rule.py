from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ..tools import mail_rule


class NtrMailRule(models.Model):
    """Whose mails make no tickets, and whose do all the same: decided by a person.

    A blocked mail stands in the journal under *Spam*, where it can be released.
    """

    _name = "ntr.mail.rule"
    _description = "Blocked or allowed sender"
    _inherit = ["ntr.cached.mixin"]
    _order = "pattern, id"
    _rec_name = "pattern"
    _check_company_auto = True

    pattern = fields.Char(
        "Sender",
        required=True,
        help="An address, or a domain for all its addresses: spam.example.",
    )
    action = fields.Selection(
        [("block", "Block"), ("allow", "Let through")],
        required=True,
        default="block",
        help="What is let through is an exception of what is blocked: an address of a "
        "blocked domain, or a team for which the rule of all teams does not hold.",
    )
    team_id = fields.Many2one(
        "ntr.team",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Empty: all teams.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    reason = fields.Char(help="Why, for colleagues.")
    user_id = fields.Many2one(
        "res.users",
        "Decided by",
        readonly=True,
        default=lambda self: self.env.user,
    )
    decided_at = fields.Datetime(
        "Decided on", readonly=True, default=fields.Datetime.now
    )
    ticket_id = fields.Many2one(
        "ntr.ticket",
        "Because of",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    active = fields.Boolean(default=True)
    held_count = fields.Integer("Held back", compute="_compute_held_count")

    _once = models.UniqueIndex(
        "(pattern, company_id, COALESCE(team_id, 0)) WHERE active",
        "There is a rule for this sender already.",
    )

    def _compute_held_count(self):
        counts = dict(
            self.env["ntr.mail.journal"]
            .sudo()
            ._read_group([("rule_id", "in", self.ids)], ["rule_id"], ["__count"])
        )
        for rule in self:
            rule.held_count = counts.get(rule, 0)

    @api.constrains("pattern", "action", "active")
    def _check_pattern(self):
        for rule in self:
            if not mail_rule.clean(rule.pattern):
                raise ValidationError(
                    self.env._(
                        "“%s” is neither an address nor a domain. Write "
                        "ivan@firm.example, or firm.example for all its addresses.",
                        rule.pattern,
                    )
                )
            if rule.action == "block" and rule.active and rule._is_of_colleagues():
                raise ValidationError(
                    self.env._(
                        "Colleagues write from “%s”; their mails cannot be blocked.",
                        rule.pattern,
                    )
                )

    def _is_of_colleagues(self):
        """Whether colleagues, or our own mailboxes, write from there."""
        if "@" in self.pattern:
            domain = [("email_normalized", "=", self.pattern)]
        else:
            domain = [("email_normalized", "=like", f"%@{self.pattern}")]
        own = self.env["ntr.team"]._get_own_addresses()
        return bool(
            any(mail_rule.find({self.pattern: (_ANY,)}, it, False, 0) for it in own)
            or self.env["res.users"]
            .sudo()
            .search_count([*domain, ("share", "=", False)], limit=1)
        )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_values(vals) for vals in vals_list])

    def write(self, vals):
        values = self._clean_values(vals)
        if {"pattern", "action", "team_id"} & values.keys():
            now = fields.Datetime.now()
            values = {"user_id": self.env.uid, "decided_at": now, **values}
        return super().write(values)

    @api.model
    def _clean_values(self, vals):
        """The sender as rules have it, and the company of the team."""
        values = dict(vals)
        if "pattern" in values:
            pattern = str(values["pattern"] or "").strip()
            values["pattern"] = mail_rule.clean(pattern) or pattern
        team = self._find_team(values.get("team_id"))
        if team:
            values["company_id"] = team.company_id.id
        return values

    @api.model
    def _find_team(self, team_id):
        is_id = isinstance(team_id, int) and not isinstance(team_id, bool)
        return self.env["ntr.team"].sudo().browse(team_id if is_id else []).exists()

    # ------------------------------------------------------------
    # What intake asks
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _get_rules(self):
        """{pattern: rules}, read once for all mails."""
        rules = {}
        for rule in self.sudo().search([("active", "=", True)]):
            row = mail_rule.Rule(
                rule.id, rule.action, rule.team_id.id, rule.company_id.id
            )
            rules.setdefault(rule.pattern, []).append(row)
        return {pattern: tuple(rows) for pattern, rows in rules.items()}

    @api.model
    def _find_block(self, email_from, team):
        """The rule that blocks a mail, or none.

        :param str email_from: the sender, as the mail has it
        :param team: the ``ntr.team`` in whose mailbox it came
        """
        rules = self._get_rules()
        address = rules and email_normalize(email_from, strict=False)
        if not address:
            return self.browse()
        company_id = team._get_defaults()["company_id"] if team else False
        company_id = company_id or self.env.company.id
        found = mail_rule.find(rules, address, team.id, company_id)
        is_blocked = found and found.action == "block"
        return self.sudo().browse(found.id if is_blocked else [])

    def _get_sentence(self):
        """Why a mail is held back by this rule, for people."""
        self.ensure_one()
        if self.reason:
            return self.env._(
                "Blocked by the rule “%(sender)s”: %(reason)s",
                sender=self.pattern,
                reason=self.reason,
            )
        return self.env._("Blocked by the rule “%s”.", self.pattern)

    @api.model
    def _decide(self, action, address, team, reason, ticket=None):
        """Block a sender for a team, or let him through; such a rule is changed.

        :param str action: ``block`` or ``allow``
        :param str address: normalized
        :param team: ``ntr.team``, or none for all teams
        :return: the rule
        """
        company = team.sudo().company_id or self.env.company
        values = {
            "action": action,
            "reason": reason,
            "user_id": self.env.uid,
            "decided_at": fields.Datetime.now(),
            "ticket_id": ticket.id if ticket else False,
        }
        known = self.search(
            [
                ("pattern", "=", address),
                ("team_id", "=", team.id),
                ("company_id", "=", company.id),
            ],
            limit=1,
        )
        if known:
            known.write(values)
            return known
        return self.create(
            dict(values, pattern=address, team_id=team.id, company_id=company.id)
        )

    def action_view_held(self):
        """Button: the mails that this rule holds back."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_ntr.ntr_mail_journal_action"
        )
        action["domain"] = [("rule_id", "=", self.id)]
        action["context"] = {}
        return action


# A rule about anybody: whether its pattern fits is all that is asked
_ANY = mail_rule.Rule(0, "block", False, 0)
