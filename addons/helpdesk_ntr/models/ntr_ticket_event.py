from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, html2plaintext

EVENT_TYPES = [
    ("created", "Registered"),
    ("imported", "Imported"),
    ("classified", "Classified"),
    ("assigned", "Assigned"),
    ("taken", "Taken into work"),
    ("passed_on", "Passed on"),
    ("returned", "Returned"),
    ("waiting", "Waiting"),
    ("resumed", "Resumed"),
    ("moved", "Moved to another stage"),
    ("client_message", "Client wrote"),
    ("reply", "Answer to the client"),
    ("reply_withdrawn", "Answer undone"),
    ("note", "Note"),
    ("automatic_message", "Automatic message"),
    ("joined", "Let into the conversation"),
    ("solved", "Solved"),
    ("rejected", "Solution rejected"),
    ("confirmed", "Solution confirmed"),
    ("closed", "Closed"),
    ("reopened", "Reopened"),
    ("refusal_asked", "Refusal asked for"),
    ("cancelled", "Cancelled"),
    ("merged", "Merged"),
    ("unmerged", "Merge undone"),
    ("split", "Split"),
    ("escalated", "Asked a supplier"),
    ("supplier_message", "Supplier wrote"),
    ("supplier_promise", "Supplier promised"),
    ("chaser", "Supplier reminded"),
    ("deadline_moved", "Deadline moved"),
    ("visit", "Visit"),
    ("rated", "Rated"),
    ("undelivered", "Mail not delivered"),
    ("warned", "Warned before closing"),
    ("alarmed", "Alarm: nobody took it"),
    ("reminded", "Client reminded"),
    ("ping_pong", "Back and forth between lines"),
    ("viewed", "Confidential ticket read"),
]


class NtrTicketEvent(models.Model):
    """The ledger: one row for everything that happened to a request.

    Times, hops, figures and clocks are computed from these rows and from nothing
    else. Rows are made by ``_register_event`` only and never change; a mistake is
    corrected by a new row (DESIGN 3).
    """

    _name = "ntr.ticket.event"
    _description = "Ticket event"
    _order = "at desc, id desc"
    _rec_name = "type"
    _log_access = False

    ticket_id = fields.Many2one(
        "ntr.ticket", ondelete="cascade", readonly=True, index=True
    )
    escalation_id = fields.Many2one(
        "ntr.escalation", ondelete="cascade", readonly=True, index="btree_not_null"
    )
    type = fields.Selection(EVENT_TYPES, required=True, readonly=True)
    at = fields.Datetime("When", required=True, readonly=True)
    actor_id = fields.Many2one(
        "res.partner",
        "Who",
        ondelete="set null",
        readonly=True,
        index="btree_not_null",
        help="The person who did it; empty when the system did or when the sender "
        "is unknown.",
    )
    changes = fields.Json(
        readonly=True,
        help="{field: [old, new]} of every field that a clock or a figure reads.",
    )
    audience = fields.Selection(
        [("client", "Client"), ("staff", "Staff"), ("supplier", "Supplier")],
        readonly=True,
    )
    channel_id = fields.Many2one("ntr.channel", ondelete="restrict", readonly=True)
    reason = fields.Text(readonly=True)
    message_id = fields.Many2one(
        "mail.message", ondelete="set null", readonly=True, index="btree_not_null"
    )
    seconds = fields.Integer(
        readonly=True,
        aggregator="sum",
        help="Seconds since the previous event of the ticket.",
    )
    work_seconds = fields.Integer(
        "Working seconds",
        readonly=True,
        aggregator="sum",
        help="Of these, within the working hours of the team as they were then.",
    )
    description = fields.Char("What changed", compute="_compute_description")

    _type_at_idx = models.Index("(type, at)")
    _has_subject = models.Constraint(
        "CHECK(ticket_id IS NOT NULL OR escalation_id IS NOT NULL)",
        "An event belongs to a ticket or to an escalation.",
    )

    @api.depends("changes")
    @api.depends_context("lang")
    def _compute_description(self):
        names = self._get_changed_names()
        ticket_fields = self.env["ntr.ticket"]._fields
        for event in self:
            event.description = "; ".join(
                self.env._(
                    "%(field)s: %(old)s → %(new)s",
                    field=ticket_fields[name]._description_string(self.env),
                    old=event._format_value(name, old, names),
                    new=event._format_value(name, new, names),
                )
                for name, (old, new) in (event.changes or {}).items()
                if name in ticket_fields
                # the stage says it in the words that people know
                and (name != "state" or "stage_id" not in event.changes)
            )

    def _get_changed_names(self):
        """Display names of all records that the changes of these events name.

        :return: {(model, id): name}, read with one query per model
        """
        ticket_fields = self.env["ntr.ticket"]._fields
        ids_by_model = {}
        for event in self:
            for name, values in (event.changes or {}).items():
                field = ticket_fields.get(name)
                if field is not None and field.type == "many2one":
                    ids_by_model.setdefault(field.comodel_name, set()).update(
                        filter(None, values)
                    )
        return {
            (model, record.id): record.display_name
            for model, ids in ids_by_model.items()
            for record in self.env[model].sudo().browse(ids).exists()
        }

    def _format_value(self, name, value, names):
        field = self.env["ntr.ticket"]._fields[name]
        if not value:
            return self.env._("none")
        if field.type == "properties":
            return self._format_properties(value, names)
        if field.type == "many2one":
            return names.get((field.comodel_name, value), f"#{value}")
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return str(value)

    def _get_words(self):
        """What was said with this event, as plain text; empty where nothing was."""
        self.ensure_one()
        return self.reason or html2plaintext(self.message_id.body or "").strip()

    def _format_properties(self, values, names):
        """The fields of a team or category by their labels, those removed since by
        their values alone.

        :param dict values: {field: value}
        :param dict names: what ``_get_changed_names`` found; the labels are kept there
        """
        if "properties" not in names:
            names["properties"] = self._get_properties_by_name()
        texts = []
        for name, value in values.items():
            field = names["properties"].get(name, {})
            options = dict(field.get("selection") or [])
            text = str(options.get(value, value) if value is not True else "✓")
            label = field.get("string")
            texts.append(f"{label}: {text}" if label else text)
        return ", ".join(texts)

    @api.model
    def _get_properties_by_name(self):
        """{name: field} of all teams and categories."""
        fields_by_name = {}
        for model, name in (
            ("ntr.team", "team_properties_definition"),
            ("ntr.ticket.category", "category_properties_definition"),
        ):
            records = self.env[model].sudo().with_context(active_test=False)
            for record in records.search([(name, "!=", False)]):
                fields_by_name.update({field["name"]: field for field in record[name]})
        return fields_by_name

    # ------------------------------------------------------------
    # A ledger only grows
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("The ledger is written by the help desk itself.")
            )
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(
            self.env._("The ledger cannot be changed; enter a new event instead.")
        )

    def _replace_reasons(self, reasons):
        """The private door of the erasure of personal data: other words in ``reason``.

        What happened, when, by whom and with which changes stays as it was entered.

        :param dict reasons: {id: text}
        """
        if not reasons:
            return
        self.flush_model(["reason"])
        self.env.cr.execute(
            SQL(
                "UPDATE ntr_ticket_event AS event SET reason = new.reason "
                "FROM (VALUES %s) AS new (id, reason) WHERE event.id = new.id",
                SQL(", ").join(SQL("(%s, %s)", *row) for row in reasons.items()),
            )
        )
        self.browse(reasons).invalidate_recordset(["reason"])

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("The ledger cannot be shortened."))
