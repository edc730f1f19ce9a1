from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import likeness
from .ntr_ticket import STAFF

# Of so many latest requests of a client the likely doubles are looked for.
CANDIDATES = 200
SHOWN = 3


class NtrTicket(models.Model):
    """The same request that came in twice, by whatever channels (S175)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    duplicate_ids = fields.Many2many(
        "ntr.ticket",
        string="Likely doubles",
        compute="_compute_duplicate_ids",
        groups=STAFF,
        help="Requests of the same client that may be this one.",
    )

    _client_not_ended_idx = models.Index(
        "(commercial_partner_id, id) WHERE active IS TRUE "
        "AND state IN ('new', 'open', 'waiting', 'solved')"
    )

    @api.depends("partner_id", "email_from", "equipment_id", "name", "state")
    def _compute_duplicate_ids(self):
        for ticket in self:
            ticket.duplicate_ids = self.browse(
                [id_ for id_, __, __ in ticket._find_duplicates()]
            )

    def find_duplicates(self):
        """Likely doubles of this ticket, the likeliest first.

        Requests of the same client that are not closed and came in within the days
        that the team has set, through any channel.

        :return: list of {"id", "number", "name", "state", "create_date" (ISO, UTC),
            "likeness" (0 to 1), "reasons" (sentences)}
        """
        self.ensure_one()
        self.check_access("read")
        labels = self._get_likeness_labels()
        found = []
        for id_, degree, reasons in self._find_duplicates():
            ticket = self.browse(id_)
            found.append(
                {
                    "id": id_,
                    "number": ticket.number,
                    "name": ticket.name,
                    "state": ticket.state,
                    "create_date": ticket.create_date.isoformat(),
                    "likeness": round(degree, 2),
                    "reasons": [labels[reason] for reason in reasons],
                }
            )
        return found

    @api.model
    def _get_likeness_labels(self):
        return {
            "unit": self.env._("The same unit"),
            "person": self.env._("The same person"),
            "words": self.env._("Similar words"),
        }

    def _find_duplicates(self, limit=SHOWN):
        """What this ticket, saved or not, may be a double of.

        :return: list of (id, likeness, reasons), the likeliest first
        """
        self.ensure_one()
        domain = self._get_duplicates_domain()
        if domain.is_false() or not self.name:
            return []
        found = []
        for id_, words, unit_id, partner_id, email in self._read_likeness(domain):
            degree, reasons = likeness.judge(
                words,
                unit_id and unit_id == self.equipment_id.id,
                (partner_id and partner_id == self.partner_id.id)
                or (email and email == self.email_from),
            )
            if likeness.is_likely(degree, reasons):
                found.append((id_, degree, reasons))
        found.sort(key=lambda row: (-row[1], -row[0]))
        return found[:limit]

    def _get_duplicates_domain(self):
        """Requests that may be this one: of this client, not over, and recent."""
        if self.state in ("closed", "cancelled"):
            return Domain.FALSE
        client = self.commercial_partner_id._origin
        asked_by = (
            Domain("commercial_partner_id", "=", client.id)
            if client
            else (
                Domain("email_from", "=", self.email_from)
                if self.email_from
                else Domain.FALSE
            )
        )
        if client and self.equipment_id:
            asked_by |= Domain("equipment_id", "=", self.equipment_id._origin.id)
        if asked_by.is_false():
            return asked_by
        days = self.team_id.sudo().duplicate_days
        if not days:
            return Domain.FALSE
        since = fields.Datetime.now() - timedelta(days=days)
        return (
            asked_by
            & Domain("state", "in", ("new", "open", "waiting", "solved"))
            & Domain("create_date", ">=", since)
            & Domain("id", "!=", self._origin.id)
            & Domain("company_id", "=", self.company_id.id)
        )

    def _read_likeness(self, domain):
        """(id, similarity of the subject, unit, contact, address) of the latest that
        this user sees, in one statement."""
        self.env["ntr.ticket"].flush_model(
            ["name", "equipment_id", "partner_id", "email_from"]
        )
        query = self._search(domain, order="id desc", limit=CANDIDATES)
        words = (
            SQL("similarity(name, %s)", self.name)
            if self.env.registry.has_trigram
            else SQL(
                "CASE WHEN lower(name) = %s THEN 1.0 ELSE 0.0 END", self.name.lower()
            )
        )
        return self.env.execute_query(
            SQL(
                "SELECT id, %s, equipment_id, partner_id, email_from"
                " FROM ntr_ticket WHERE id IN %s",
                words,
                query.subselect(),
            )
        )
