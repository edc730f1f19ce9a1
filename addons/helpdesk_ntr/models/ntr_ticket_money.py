from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount

GROUPS_INVOICES = "account.group_account_readonly,account.group_account_invoice"
GROUP_PRICES = "helpdesk_ntr.group_prices"


class NtrTicket(models.Model):
    """Invoices and prices at hand (S184, S238)."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    # Reading links to what one may not read is an error in Odoo, so whoever has no
    # right to invoices has no such field.
    invoice_ids = fields.Many2many(groups=GROUPS_INVOICES)
    product_price_text = fields.Char(
        "Price for this client",
        compute="_compute_product_price_text",
        compute_sudo=True,
        groups=GROUP_PRICES,
        help="By the price list of the client, else the price of the product.",
    )

    @api.depends("product_id", "commercial_partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_product_price_text(self):
        for ticket in self:
            ticket.product_price_text = (
                ticket._get_product_price_text() if ticket.product_id else False
            )

    def _get_product_price_text(self):
        """The price of one piece for this client, in words of the reader."""
        self = self.with_company(self.company_id)
        partner = self.commercial_partner_id
        pricelist = partner.property_product_pricelist
        currency = pricelist.currency_id or self.company_id.currency_id
        price = pricelist._get_product_price(self.product_id, 1.0, currency=currency)
        taxes = self._get_product_taxes().compute_all(
            price, currency=currency, product=self.product_id, partner=partner
        )
        shown = format_amount(self.env, price, currency)
        if currency.compare_amounts(taxes["total_included"], price):
            return self.env._(
                "%(price)s without taxes, %(total)s with them",
                price=shown,
                total=format_amount(self.env, taxes["total_included"], currency),
            )
        if currency.compare_amounts(taxes["total_excluded"], price):
            return self.env._("%(price)s, taxes included", price=shown)
        return self.env._("%(price)s, no taxes", price=shown)

    def _get_product_taxes(self):
        """The taxes of a sale of this product to this client."""
        taxes = self.product_id.taxes_id._filter_taxes_by_company(self.company_id)
        position = self.env["account.fiscal.position"]._get_fiscal_position(
            self.commercial_partner_id
        )
        return position.map_tax(taxes)

    def _write_values(self, vals):
        result = super()._write_values(vals)
        if {"partner_id", "company_id"} & vals.keys():
            self._check_invoices()
        return result

    @api.constrains("invoice_ids")
    def _check_invoices(self):
        # a reader with fewer rights may have left fewer invoices in the cache
        self.invalidate_recordset(["invoice_ids"])
        for ticket in self.sudo():
            for invoice in ticket.invoice_ids:
                refusal = ticket._get_invoice_refusal(invoice)
                if refusal:
                    raise ValidationError(refusal)

    def _get_invoice_refusal(self, invoice):
        """The sentence that says why this invoice cannot stand on this ticket."""
        names = {"invoice": invoice.display_name, "number": self.number}
        if invoice.move_type not in ("out_invoice", "out_refund"):
            return self.env._(
                "%(invoice)s is no invoice to a client, so it cannot be linked to "
                "%(number)s.",
                **names,
            )
        if invoice.commercial_partner_id != self.commercial_partner_id:
            return self.env._(
                "%(invoice)s was issued to another client than the one of %(number)s. "
                "Choose one of his invoices, or take this one off the ticket.",
                **names,
            )
        if invoice.company_id != self.company_id:
            return self.env._(
                "%(invoice)s was issued by another company than the one that answers "
                "%(number)s. Take it off the ticket.",
                **names,
            )
        return None
