from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools.misc import clean_context

GROUP_SALES = "sales_team.group_sale_salesman"


class NtrTicket(models.Model):
    """From a ticket to an opportunity and back (S184, S235)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------

    @api.constrains("lead_id", "company_id")
    def _check_lead_company(self):
        for ticket in self.sudo().filtered("lead_id"):
            company = ticket.lead_id.company_id
            if company and company != ticket.company_id:
                raise ValidationError(
                    self.env._(
                        "The opportunity of %(number)s belongs to company %(company)s; "
                        "take it off the ticket first.",
                        number=ticket.number,
                        company=company.name,
                    )
                )

    @api.model
    def _get_ledger_fields(self):
        return super()._get_ledger_fields() + ["lead_id"]

    # ------------------------------------------------------------
    # Doors
    # ------------------------------------------------------------

    def write(self, vals):
        if "lead_id" not in vals:
            return super().write(vals)
        before = {ticket: ticket.sudo().lead_id for ticket in self}
        result = super().write(vals)
        self.filtered(
            lambda ticket: ticket.sudo().lead_id != before[ticket]
        )._on_opportunity()
        return result

    def _on_created(self):
        result = super()._on_created()
        self._on_opportunity()
        return result

    def _on_opportunity(self):
        """Linked to an opportunity: a note with a link on both sides."""
        tickets = self.filtered("lead_id")
        if tickets:
            # the link would show the name of what one may not read
            tickets.lead_id.check_access("read")
        for ticket in tickets.sudo():
            ticket.message_post(
                body=self.env._("Opportunity: %s", ticket.lead_id._get_html_link())
            )
            ticket.lead_id.message_post(
                body=self.env._("Ticket: %s", ticket._get_html_link())
            )

    # ------------------------------------------------------------
    # Making one
    # ------------------------------------------------------------

    def action_make_opportunity(self):
        """Make an opportunity of this ticket; of one that has it, open it (S235).

        :return: the action that opens the opportunity
        :raises AccessError: no right to sell, or the opportunity is somebody else's
        """
        self.ensure_one()
        self._check_verb("make_opportunity")
        self._check_seller()
        self._lock()
        self.invalidate_recordset(["lead_id"])
        if not self.lead_id:
            # defaults of the screen, such as a team, are those of tickets
            env = self.env(context=clean_context(self.env.context))
            leads = env["crm.lead"]
            lead = leads.create(self._prepare_lead_values())
            self.write({"lead_id": lead.id})
        elif not self.lead_id.has_access("read"):
            raise AccessError(
                self.env._(
                    "An opportunity was made of %(number)s already; %(person)s has it.",
                    number=self.number,
                    person=self.sudo().lead_id.user_id.name
                    or self.env._("another department"),
                )
            )
        return self.lead_id._get_records_action(
            name=self.env._("Opportunity"), context={}
        )

    def _check_seller(self):
        if not self.env.su and not self.env.user.has_group(GROUP_SALES):
            raise AccessError(
                self.env._(
                    "Opportunities are made by those who work in CRM. Ask the "
                    "administrator for the right to sell, or a colleague of sales to "
                    "do it."
                )
            )

    def _prepare_lead_values(self):
        """Values of the opportunity that this ticket leads to."""
        return {
            "type": "opportunity",
            "name": self.name,
            "description": self.description,
            "partner_id": self.partner_id.id,
            "email_from": self.email_from,
            "company_id": self.company_id.id,
        }
