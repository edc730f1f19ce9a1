from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import (
    babel_locale_parse,
    format_amount,
    format_date,
    html2plaintext,
)

from .ntr_ticket import STAFF
from .ntr_ticket_money import GROUPS_INVOICES
from .ntr_ticket_queues import OPEN_STATES

# Counting on would cost more than it tells.
MOST_COUNTED = 99
LAST_SOLVED = 5
NOTE_LENGTH = 200


class NtrTicket(models.Model):
    """The client at a glance, before and after the ticket is saved (S239)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    client_glance = fields.Json(
        "Client at a glance",
        compute="_compute_client_glance",
        exportable=False,
        groups=STAFF,
    )

    _client_solved_idx = models.Index(
        "(commercial_partner_id, solved_at DESC, id DESC) WHERE active IS TRUE "
        "AND state IN ('solved', 'closed') AND solved_at IS NOT NULL"
    )

    @api.depends("partner_id", "commercial_partner_id", "company_id")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_client_glance(self):
        for ticket in self:
            # whoever lends him his rights does not lend him the view of the client
            as_reader = ticket.sudo(False)
            ticket.client_glance = (
                not self.env.su or as_reader.has_access("read")
            ) and as_reader._get_client_glance()

    def _get_client_glance(self):
        """What whoever answers should know of the client, as far as he may see it.

        Higher addons add to what the methods called here return.

        :return: dict, or False while the client is not known
        """
        self.ensure_one()
        client = self.commercial_partner_id._origin
        if not client:
            return False
        people = (self.partner_id._origin | client)._filtered_access("read")
        return {
            **self._get_glance_place(self.partner_id._origin & people),
            "people": [self._get_glance_person(person) for person in people],
            "notes": self._get_glance_notes(people),
            "figures": self._get_glance_figures(client),
            "lists": self._get_glance_lists(client),
        }

    # ------------------------------------------------------------
    # Who he is
    # ------------------------------------------------------------

    @api.model
    def _get_glance_place(self, contact):
        """{"tz": name of a time zone, "language": its name in that of the reader}."""
        own_locale = babel_locale_parse(self.env.context.get("lang"))
        return {
            "tz": contact.tz,
            "language": contact.lang
            and babel_locale_parse(contact.lang).get_language_name(own_locale),
        }

    @api.model
    def _get_glance_person(self, person):
        return {
            "id": person.id,
            "name": person.name or person.display_name,
            "about": person.function,
            "phone": person.phone,
            "is_company": person.is_company,
        }

    def _get_glance_notes(self, people):
        """What colleagues noted on the cards of these contacts.

        :return: list of {"partner_id", "text"}
        """
        notes = [
            (person, html2plaintext(person.comment, include_references=False).strip())
            for person in people
            if person.comment
        ]
        return [
            {
                "partner_id": person.id,
                "text": text[: NOTE_LENGTH - 1] + "…"
                if len(text) > NOTE_LENGTH
                else text,
            }
            for person, text in notes
            if text
        ]

    # ------------------------------------------------------------
    # Numbers that open what they count
    # ------------------------------------------------------------

    def _get_glance_figures(self, client):
        """Numbers about the client, each opens the list of what it counts.

        :param client: the ``res.partner`` of the firm
        :return: list of {"name", "label", "value" (text), "detail" (text or False),
            "level" (``muted``, ``info``, ``warning`` or ``danger``), "action" (xml
            id), "domain"}
        """
        figures = (
            self._get_open_figure(client),
            self._get_units_figure(client),
            self._get_overdue_figure(client),
        )
        return [figure for figure in figures if figure]

    def _get_open_figure(self, client):
        domain = (
            Domain("commercial_partner_id", "=", client.id)
            & Domain("state", "in", OPEN_STATES)
            & Domain("id", "!=", self._origin.id)
        )
        return self._make_glance_figure(
            "open",
            self.env._("Also open"),
            self.search_count(domain, limit=MOST_COUNTED + 1),
            action="helpdesk_ntr.ntr_ticket_action",
            domain=list(domain),
        )

    def _get_units_figure(self, client):
        units = self.env["ntr.equipment"]
        if not units.has_access("read"):
            return None
        domain = Domain("commercial_partner_id", "=", client.id)
        return self._make_glance_figure(
            "units",
            self.env._("Units"),
            units.search_count(domain, limit=MOST_COUNTED + 1),
            action="helpdesk_ntr.ntr_equipment_action",
            domain=list(domain),
        )

    def _get_overdue_figure(self, client):
        if not self.env.user.has_groups(GROUPS_INVOICES):
            return None
        domain = self._get_overdue_domain(client)
        [(count, amount)] = self.env["account.move"]._read_group(
            domain, aggregates=["__count", "amount_residual_signed:sum"]
        )
        return self._make_glance_figure(
            "overdue",
            self.env._("Invoices overdue"),
            count,
            level="danger",
            detail=count
            and format_amount(self.env, amount, self.company_id.currency_id),
            action="account.action_move_out_invoice_type",
            domain=list(domain),
        )

    def _get_overdue_domain(self, client):
        """What the client should have paid to the company that answers him."""
        return (
            Domain("commercial_partner_id", "=", client.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("move_type", "in", ("out_invoice", "out_receipt"))
            & Domain("state", "=", "posted")
            & Domain("payment_state", "in", ("not_paid", "partial"))
            & Domain("invoice_date_due", "<", fields.Date.context_today(self))
        )

    @api.model
    def _make_glance_figure(self, name, label, count, level="info", **values):
        """One of ``_get_glance_figures``; a nought is quiet, and many are not counted
        to the end."""
        return {
            "name": name,
            "label": label,
            "value": str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+",
            "level": level if count else "muted",
            "detail": False,
            **values,
        }

    # ------------------------------------------------------------
    # What was before
    # ------------------------------------------------------------

    def _get_glance_lists(self, client):
        """Short lists about the client, each row opens a record.

        :param client: the ``res.partner`` of the firm
        :return: list of {"name", "label", "model", "rows": [{"id", "label", "text",
            "detail"}]}; none that is empty
        """
        solved = self._find_last_solved(client)
        if not solved:
            return []
        return [
            {
                "name": "solved",
                "label": self.env._("Last solved"),
                "model": self._name,
                "rows": [
                    {
                        "id": ticket.id,
                        "label": ticket.number,
                        "text": ticket.name,
                        "detail": format_date(self.env, ticket.solved_at),
                    }
                    for ticket in solved
                ],
            }
        ]

    def _find_last_solved(self, client):
        return self.search_fetch(
            Domain("commercial_partner_id", "=", client.id)
            & Domain("state", "in", ("solved", "closed"))
            & Domain("solved_at", "!=", False)
            & Domain("id", "!=", self._origin.id),
            ["number", "name", "solved_at"],
            order="solved_at desc, id desc",
            limit=LAST_SOLVED,
        )
