import io
import json
import zipfile
from base64 import b64encode

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html_sanitize


class NtrPersonalDataWizard(models.TransientModel):
    """Tell a person what is held about him, or forget it (C15.7)."""

    _name = "ntr.personal.data.wizard"
    _description = "Personal data of a contact"

    partner_id = fields.Many2one("res.partner", "Person", required=True)
    ticket_count = fields.Integer("Tickets", compute="_compute_ticket_count")
    open_ticket_count = fields.Integer("Open tickets", compute="_compute_ticket_count")
    with_notes = fields.Boolean(
        "With what colleagues wrote for each other",
        help="Only for your own files: internal notes are not meant for the person.",
    )
    with_words = fields.Boolean(
        "Also the texts that he wrote",
        help="Subjects of tickets and our answers stay; only his own words go.",
    )
    is_confirmed = fields.Boolean("Erase although tickets are open")
    reason = fields.Char(
        "Ground", help="For example the number of his application. No personal data."
    )
    export_name = fields.Char("File name", readonly=True)
    export_file = fields.Binary("Archive", attachment=False, readonly=True)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if self.env.context.get("active_model") == "res.partner":
            defaults.setdefault("partner_id", self.env.context.get("active_id"))
        return defaults

    @api.depends("partner_id")
    def _compute_ticket_count(self):
        data = self.env["ntr.personal.data"]
        for wizard in self:
            wizard.ticket_count = wizard.open_ticket_count = 0
            if wizard.partner_id:
                data._check_right(wizard.partner_id)
                wizard.ticket_count = len(data._get_tickets(wizard.partner_id))
                wizard.open_ticket_count = len(
                    data._get_open_tickets(wizard.partner_id)
                )

    # ------------------------------------------------------------
    # Export
    # ------------------------------------------------------------

    def action_export(self):
        """Pack what is held about the person into a ZIP and offer it for download.

        :raises AccessError: not an administrator of the help desk
        """
        self.ensure_one()
        data = self.env["ntr.personal.data"]
        data._check_right(self.partner_id)
        collected = data._collect(self.partner_id, self.with_notes)
        self.write(
            {
                "export_file": b64encode(self._pack(collected)),
                "export_name": f"personal-data-{self.partner_id.id}.zip",
            }
        )
        self.env["ntr.personal.data.log"]._enter(
            "export", self.partner_id, len(collected["tickets"]), self.reason
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/export_file/"
            f"{self.export_name}?download=true",
            "target": "download",
        }

    def _pack(self, collected):
        """The bytes of a ZIP with the data for programs and for people."""
        page = self.env["ir.qweb"]._render(
            "helpdesk_ntr.personal_data_page",
            {"data": collected, "html_of": self._format_html},
            lang=self.env.lang,
        )
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(
                "data.json", json.dumps(collected, ensure_ascii=False, indent=2)
            )
            archive.writestr("data.html", str(page))
        return stream.getvalue()

    @api.model
    def _format_html(self, name, value):
        """A value for the page: texts that are HTML stay so, cleaned."""
        is_html = name in ("text", "solution") and isinstance(value, str)
        return html_sanitize(value) if is_html else str(value)

    # ------------------------------------------------------------
    # Erasure
    # ------------------------------------------------------------

    def action_erase(self):
        """Forget the person.

        :raises AccessError: not an administrator of the help desk
        :raises UserError: a colleague, a firm, or open tickets without confirmation
        """
        self.ensure_one()
        data = self.env["ntr.personal.data"]
        partner = self.partner_id
        data._check_right(partner)
        refusal = data._get_erase_refusal(partner) or self._get_open_refusal()
        if refusal:
            raise UserError(refusal)
        count = len(data._get_tickets(partner))
        data._erase(partner, self.with_words)
        self.env["ntr.personal.data.log"]._enter("erase", partner, count, self.reason)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Done: %(contact)s, tickets: %(count)s.",
                    contact=partner.sudo().name,
                    count=count,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_open_refusal(self):
        tickets = self.env["ntr.personal.data"]._get_open_tickets(self.partner_id)
        if not tickets or self.is_confirmed:
            return None
        return self.env._(
            "Tickets of this person are open: %s. Once he is erased, nobody can answer "
            "him. End them first, or confirm that you erase him all the same.",
            ", ".join(tickets.mapped("number")),
        )
