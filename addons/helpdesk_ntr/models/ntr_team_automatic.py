from odoo import api, fields, models, tools
from odoo.tools import email_domain_extract

# A firm whose own address is at one of these has no lists there
FREE_MAIL = {
    "bk.ru",
    "gmail.com",
    "hotmail.com",
    "inbox.ru",
    "list.ru",
    "mail.ru",
    "outlook.com",
    "rambler.ru",
    "yahoo.com",
    "yandex.com",
    "yandex.ru",
    "ya.ru",
}


class NtrTeam(models.Model):
    """What this team makes of mails that no person wrote."""

    _inherit = "ntr.team"  # pylint: disable=consider-merging-classes-inherited

    is_accepting_automatic = fields.Boolean(
        "Accept alerts",
        help="Mails that devices and monitoring send by themselves become tickets of "
        "this team. Otherwise they wait in the incoming mail under “Automatic”.",
    )
    automatic_limit = fields.Integer(
        "Alerts of one sender",
        default=10,
        help="How many tickets the alerts of one sender make in a while; further ones "
        "are collected in his last open ticket.",
    )
    automatic_minutes = fields.Integer(
        "Alerts counted for",
        default=60,
        help="Minutes in which the alerts of one sender are counted.",
    )

    _automatic_limits_positive = models.Constraint(
        "CHECK(automatic_limit > 0 AND automatic_minutes > 0)",
        "One alert and one minute are the least that can be counted.",
    )

    @tools.ormcache("self.id")
    def _get_automatic_terms(self):
        """(whether alerts are accepted, how many of one sender, minutes)."""
        team_sudo = self.sudo()
        return (
            team_sudo.is_accepting_automatic,
            team_sudo.automatic_limit,
            team_sudo.automatic_minutes,
        )

    def _accepts_automatic(self, verdict):
        """Whether such a mail becomes a ticket of this team although a program wrote
        it: an alert does, what answers us by itself never does.

        :param verdict: ``tools.mail_verdict.Verdict``
        """
        return verdict.is_alert and bool(self) and self._get_automatic_terms()[0]

    @api.model
    def _get_list_domains(self):
        """Domains whose mailing lists are mailboxes of ours, shared by several people:
        what comes through them is written by people."""
        domains = self.env["mail.alias.domain"].sudo().search([("name", "!=", False)])
        companies = self.env["res.company"].sudo().search([("email", "!=", False)])
        own = {email_domain_extract(company.email or "") for company in companies}
        return {*domains.mapped("name"), *(own - FREE_MAIL - {False})}
