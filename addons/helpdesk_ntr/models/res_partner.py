from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.phone_validation.models.mail_thread_phone import PHONE_REGEX_PATTERN

from ..tools import phone

# Who may read tickets and units of all clients, and so their numbers on a card
CARD_READERS = "helpdesk_ntr.group_engineer,helpdesk_ntr.group_finance"
# Who may know what we think of a client: colleagues who deal with him
HELPDESK_STAFF = (
    "helpdesk_ntr.group_engineer,helpdesk_ntr.group_external,"
    "helpdesk_ntr.group_finance,helpdesk_ntr.group_author"
)
CLIENT_RULES = {"ntr_client_mark", "ntr_client_note", "ntr_team_ids", "ntr_kind_ids"}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "ntr.card.mixin"]

    ntr_sees_company = fields.Boolean(
        "Sees all requests of the company",
        groups="helpdesk_ntr.group_dispatcher",
        help="On the portal this contact sees the requests of all colleagues, not "
        "only his own.",
    )
    ntr_client_mark = fields.Selection(
        [("none", "No mark"), ("vip", "VIP"), ("difficult", "Difficult")],
        "Mark of the client",
        default="none",
        tracking=True,
        copy=False,
        groups=HELPDESK_STAFF,
        help="Given by a coordinator; colleagues see it on every ticket of the client, "
        "the client never does.",
    )
    ntr_client_note = fields.Text(
        "How to treat this client",
        tracking=True,
        copy=False,
        groups=HELPDESK_STAFF,
        help="For colleagues only; shown on every ticket of the client.",
    )
    ntr_team_ids = fields.Many2many(
        "ntr.team",
        "ntr_team_client_rel",
        string="Teams allowed",
        tracking=True,
        copy=False,
        groups=HELPDESK_STAFF,
        help="Teams that may register requests of this client. Empty: all.",
    )
    ntr_kind_ids = fields.Many2many(
        "ntr.ticket.kind",
        "ntr_ticket_kind_client_rel",
        string="Kinds allowed",
        tracking=True,
        copy=False,
        groups=HELPDESK_STAFF,
        help="Kinds of requests that this client may have. Empty: all.",
    )
    ntr_is_restricted = fields.Boolean(
        compute="_compute_ntr_is_restricted",
        store=True,
        groups=HELPDESK_STAFF,
        help="Spares every mail of other clients the look at the two lists.",
    )
    ntr_ticket_count = fields.Integer(
        "Help Desk tickets",
        compute="_compute_ntr_ticket_count",
        groups=CARD_READERS,
    )
    ntr_equipment_count = fields.Integer(
        "Units",
        compute="_compute_ntr_equipment_count",
        groups=CARD_READERS,
    )

    @api.depends("ntr_team_ids", "ntr_kind_ids")
    def _compute_ntr_is_restricted(self):
        for partner in self:
            partner.ntr_is_restricted = partner.ntr_team_ids or partner.ntr_kind_ids

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ntr_ticket_count(self):
        self._compute_ntr_count(
            "ntr.ticket", "commercial_partner_id", "ntr_ticket_count"
        )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ntr_equipment_count(self):
        self._compute_ntr_count(
            "ntr.equipment", "commercial_partner_id", "ntr_equipment_count"
        )

    def _get_ntr_counted_id(self):
        """The firm: its tickets and units stand on the cards of all its contacts."""
        return self.commercial_partner_id._origin.id

    # ------------------------------------------------------------
    # Doors
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        named = {name for vals in vals_list for name in vals}
        named.update(
            key.removeprefix("default_")
            for key in self.env.context
            if key.startswith("default_")
        )
        for partner in partners.sudo():
            # a user's own default fills in what he did not name
            if partner.ntr_client_mark not in (False, "none") or (
                partner.ntr_client_note
            ):
                self._check_client_ruler()
            elif not named.isdisjoint(CLIENT_RULES) and partner.ntr_is_restricted:
                self._check_client_ruler()
        return partners

    def write(self, vals):
        if not CLIENT_RULES.isdisjoint(vals):
            self._check_client_ruler()
        result = super().write(vals)
        if "ntr_sees_company" in vals:
            # record rules of the portal read it and are cached
            self.env["ntr.cached.mixin"]._forget_cached()
        return result

    @api.model
    def _check_client_ruler(self):
        """Refuse whoever may not decide how a client is treated (S201, S223)."""
        if not self.env.su and not self.env.user.has_group(
            "helpdesk_ntr.group_coordinator"
        ):
            raise AccessError(
                self.env._(
                    "How a client is marked and what he may ask for is decided by a "
                    "coordinator. Tell yours what happened."
                )
            )

    # ------------------------------------------------------------
    # What a client may ask for
    # ------------------------------------------------------------

    def _get_ntr_allowed(self, choices):
        """Those of these teams or kinds that this contact may choose.

        :param choices: records of ``ntr.team`` or ``ntr.ticket.kind``
        """
        client_sudo = self.sudo().commercial_partner_id
        if choices._name == "ntr.ticket.kind":
            kinds = client_sudo.ntr_kind_ids
            return choices.filtered(lambda kind: not kinds or kind in kinds)
        teams = client_sudo.ntr_team_ids
        return choices.filtered(
            # one company's list says nothing about another company's teams
            lambda team: team in teams or team.sudo().company_id not in teams.company_id
        )

    def _get_ntr_refusal(self, team, kind):
        """The sentence that says why a request of this client may not be registered
        there, or None.

        :param team: the team, may be empty
        :param kind: the kind, may be empty
        """
        client_sudo = self.sudo().commercial_partner_id
        if not client_sudo.ntr_is_restricted:
            return None
        if client_sudo._get_ntr_allowed(team) != team:
            return self.env._(
                "%(client)s may not ask team %(team)s. Choose one of: %(allowed)s, or "
                "ask a coordinator to allow it on the card of the client.",
                client=client_sudo.name,
                team=team.sudo().name,
                allowed=", ".join(
                    client_sudo.ntr_team_ids.filtered(
                        lambda it: it.company_id == team.sudo().company_id
                    ).mapped("name")
                ),
            )
        if client_sudo._get_ntr_allowed(kind) != kind:
            return self.env._(
                "%(client)s may not have requests of the kind %(kind)s. Choose one of: "
                "%(allowed)s, or ask a coordinator to allow it on the card of the "
                "client.",
                client=client_sudo.name,
                kind=kind.sudo().name,
                allowed=", ".join(client_sudo.ntr_kind_ids.mapped("name")),
            )
        return None

    # ------------------------------------------------------------
    # Finding by phone
    # ------------------------------------------------------------

    @api.model
    def _search_display_name(self, operator, value):
        """With ``ntr_by_phone`` in the context, a phone number finds its contact
        however either of them is written."""
        domain = super()._search_display_name(operator, value)
        is_asked = self.env.context.get("ntr_by_phone") and operator == "ilike"
        if domain is NotImplemented or not is_asked or not isinstance(value, str):
            return domain
        return Domain(domain) | self._get_ntr_phone_domain(value)

    @api.model
    def _get_ntr_phone_domain(self, number):
        """Contacts with that phone number.

        :param str number: as somebody typed it, perhaps only a part of it
        """
        domains = [
            self._get_ntr_phone_like(f"%{part}%") for part in phone.get_parts(number)
        ]
        if phone.get_local(number):
            domains.append(self._get_ntr_phone_like(phone.get_local(number)))
        return Domain.OR(domains)

    @api.model
    def _get_ntr_phone_like(self, pattern):
        """Contacts whose number, punctuation aside, is like that.

        The expression is the one that Odoo indexes; its own search reads the ids of
        all contacts that match, which are too many while somebody is still typing.
        """
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "regexp_replace((%s::text), %s::text, ''::text, 'g'::text) LIKE %s",
                model._field_to_sql(alias, "phone", query),
                PHONE_REGEX_PATTERN,
                pattern,
            )
        )

    @api.depends("phone")
    @api.depends_context("ntr_by_phone")
    def _compute_display_name(self):
        """The number beside the name, for whoever looks for one."""
        result = super()._compute_display_name()
        context = self.env.context
        if context.get("ntr_by_phone") and context.get("formatted_display_name"):
            for partner in self.filtered("phone"):
                partner.display_name += f" \t --{partner.phone}--"
        return result

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_view_ntr_tickets(self):
        """The tickets of this client."""
        return self._get_ntr_action(
            "helpdesk_ntr.ntr_ticket_action",
            "commercial_partner_id",
            {"default_partner_id": self.id},
        )

    def action_view_ntr_equipment(self):
        """The units of this client."""
        return self._get_ntr_action(
            "helpdesk_ntr.ntr_equipment_action",
            "commercial_partner_id",
            {"default_partner_id": self.id},
        )
