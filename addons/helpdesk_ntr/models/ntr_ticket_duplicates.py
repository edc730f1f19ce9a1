from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from ..tools import likeness
from .ntr_ticket import STAFF
from .ntr_ticket_queues import OPEN_STATES
from .ntr_ticket_stage import ENDED_STATES

# Of so many latest requests of a client the likely doubles are looked for.
CANDIDATES = 200
SHOWN = 3


def normalize_address(text):
    """The bare address of a sender, whatever name stands before it; False of none."""
    return email_normalize(text or "") or (text or "").strip().lower() or False


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
        address = self._get_asking_address()
        found = []
        for id_, words, unit_id, partner_id, email in self._read_likeness(domain):
            is_same_unit = unit_id and unit_id == self.equipment_id.id
            is_same_address = address and normalize_address(email) == address
            if not partner_id and not is_same_unit and not is_same_address:
                continue
            degree, reasons = likeness.judge(
                words,
                is_same_unit,
                is_same_address or (partner_id and partner_id == self.partner_id.id),
            )
            if likeness.is_likely(degree, reasons):
                found.append((id_, degree, reasons))
        found.sort(key=lambda row: (-row[1], -row[0]))
        return found[:limit]

    def _get_asking_address(self):
        """The bare address from which this was asked; False without one."""
        return normalize_address(self.email_from)

    def _get_duplicates_domain(self):
        """Requests that may be this one: of this client, not over, and recent."""
        asked_by = self._get_asked_by_domain()
        days = self.team_id.sudo().duplicate_days
        if self.state in ENDED_STATES or asked_by.is_false() or not days:
            return Domain.FALSE
        since = fields.Datetime.now() - timedelta(days=days)
        return (
            asked_by
            & Domain("state", "in", (*OPEN_STATES, "solved"))
            & Domain("create_date", ">=", since)
            & Domain("id", "!=", self._origin.id)
            & Domain("company_id", "=", self.company_id.id)
        )

    def _get_asked_by_domain(self):
        """Tickets of this client: of his firm, of his unit, or from his address while
        nobody knew whose it is."""
        client = self.commercial_partner_id._origin
        address = self._get_asking_address()
        asked_by = Domain.FALSE
        if client:
            asked_by |= Domain("commercial_partner_id", "=", client.id)
        if address:
            asked_by |= Domain("partner_id", "=", False) & Domain(
                "email_from", "ilike", address
            )
        if client and self.equipment_id:
            asked_by |= Domain("equipment_id", "=", self.equipment_id._origin.id)
        return asked_by

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
