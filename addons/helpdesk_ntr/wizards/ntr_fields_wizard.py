from uuid import uuid4

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ..tools.ticket_fields import SEPARATOR, tidy

# The types that are offered here: how they are called, what Odoo calls them
TYPES = [
    ("char", "Line of text"),
    ("text", "Text"),
    ("selection", "Drop-down"),
    ("linked", "Linked drop-down"),
    ("boolean", "Checkbox"),
    ("date", "Date"),
    ("float", "Number"),
    ("other", "Other"),
]
LABEL_SEPARATOR = " / "


class NtrFieldsWizard(models.TransientModel):
    """The fields that a team or a category adds to its tickets, as a list.

    Odoo's own popover on the ticket form edits the same definition and keeps what is
    said here; it does not know when a field is required nor what it depends on.
    """

    _name = "ntr.fields.wizard"
    _description = "Fields of the tickets of a team or category"

    team_id = fields.Many2one("ntr.team", readonly=True)
    category_id = fields.Many2one("ntr.ticket.category", readonly=True)
    line_ids = fields.One2many(
        "ntr.fields.wizard.line",
        "wizard_id",
        "Fields",
        domain=[("source", "=", False)],
    )
    inherited_line_ids = fields.One2many(
        "ntr.fields.wizard.line",
        "wizard_id",
        "Fields from above",
        domain=[("source", "!=", False)],
        readonly=True,
    )

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if "line_ids" in fields:
            wizard = self.new(defaults)
            defaults["line_ids"] = wizard._prepare_lines()
            defaults["inherited_line_ids"] = wizard._prepare_inherited_lines()
        return defaults

    def _get_definition(self):
        """The record that defines the fields, and the name of its definition."""
        if self.team_id:
            return self.team_id, "team_properties_definition"
        return self.category_id, "category_properties_definition"

    def _get_inherited_fields(self):
        """Fields that the parents of the category add, as they define them."""
        return self.category_id.parent_id.ticket_properties_definition or []

    def _prepare_lines(self):
        """Commands that make a line of every field of the definition."""
        record, name = self._get_definition()
        own = record[name] or []
        whole = self._get_inherited_fields() + own
        tidy(whole)
        return self._prepare_lines_of(own, whole)

    def _prepare_inherited_lines(self):
        """Commands that make a line of every field of the categories above."""
        inherited = self._get_inherited_fields()
        commands = self._prepare_lines_of(inherited, inherited)
        for __, __, values in commands:
            source = self.category_id.parent_id._get_source(values["name"])
            values["source"] = source.display_name
        return commands

    def _prepare_lines_of(self, definition, whole):
        """Commands that make a line of every field.

        :param list definition: the fields
        :param list whole: these and the fields that they can depend on
        """
        labels = {it["name"]: it.get("string") for it in whole}
        options = {
            option[0]: option[1] for it in whole for option in it.get("selection") or []
        }
        return [
            Command.create(
                {
                    "sequence": place,
                    "name": it["name"],
                    "label": it.get("string") or it["name"],
                    "type": self._get_line_type(it),
                    "options": self._get_option_lines(it, options),
                    "depends_on": labels.get(it.get("depends_on")),
                    "required_at": it.get("required_at"),
                }
            )
            for place, it in enumerate(definition)
        ]

    @api.model
    def _get_line_type(self, it):
        if it.get("depends_on"):
            return "linked"
        return it["type"] if it["type"] in dict(TYPES) else "other"

    @api.model
    def _get_option_lines(self, it, labels):
        """The options of a drop-down, one per line; of a linked one, each behind the
        option that it goes with."""
        lines = []
        for key, label in it.get("selection") or []:
            parent = key.rpartition(SEPARATOR)[0] if it.get("depends_on") else ""
            above = labels.get(parent)
            lines.append(f"{above}{LABEL_SEPARATOR}{label}" if above else label)
        return "\n".join(lines)

    def action_apply(self):
        """Write the definition; values of fields that stay are kept."""
        self.ensure_one()
        record, name = self._get_definition()
        record.check_access("write")
        old = {it["name"]: it for it in record[name] or []}
        inherited = self._get_inherited_fields()
        definition = []
        for line in self.line_ids.sorted("sequence"):
            above = inherited + definition
            definition.append(line._prepare_field(old.get(line.name), above))
        record.write({name: definition})
        return {"type": "ir.actions.act_window_close"}


class NtrFieldsWizardLine(models.TransientModel):
    _name = "ntr.fields.wizard.line"
    _description = "One field of the tickets of a team or category"
    _order = "sequence, id"

    wizard_id = fields.Many2one("ntr.fields.wizard", required=True, ondelete="cascade")
    source = fields.Char(
        "Comes from", help="The category above that defines the field."
    )
    sequence = fields.Integer(default=100)
    name = fields.Char("Technical name")
    label = fields.Char(required=True)
    type = fields.Selection(TYPES, required=True, default="char")
    options = fields.Text(
        help="One option per line. Of a linked drop-down: “Shop / Till”, where “Shop” "
        "is an option of the drop-down it depends on."
    )
    depends_on = fields.Char(
        "Depends on",
        help="The drop-down that the options depend on. Empty: the one above.",
    )
    required_at = fields.Selection(
        [("creation", "To register"), ("closing", "To solve")],
        "Required",
        help="To register: asked of whoever registers a ticket; what comes by mail "
        "stays new until it is filled in. To solve: a ticket cannot be solved or "
        "closed without it.",
    )

    def _prepare_field(self, old, above):
        """The field as the definition of properties knows it.

        :param dict old: what it was before, or None for a new one
        :param list above: the fields before it, ready
        """
        kind = self._get_property_type(old)
        is_same = bool(old) and old["type"] == kind
        field = dict(old) if is_same else {"name": uuid4().hex[:16], "type": kind}
        field.update(string=self.label.strip(), required_at=self.required_at)
        field.pop("depends_on", None)
        if self.type in ("selection", "linked"):
            keys = {}
            if self.type == "linked":
                parent = self._get_parent(above)
                field["depends_on"] = parent["name"]
                keys = {label: key for key, label in parent["selection"]}
            field["selection"] = self._get_selection(field.get("selection") or [], keys)
        return field

    def _get_property_type(self, old):
        if self.type == "linked":
            return "selection"
        if self.type != "other":
            return self.type
        if not old:
            raise ValidationError(
                self.env._("Choose what kind of field “%s” is.", self.label)
            )
        return old["type"]

    def _get_parent(self, above):
        """The drop-down that this one depends on, among the fields before it."""
        wanted = (self.depends_on or "").strip()
        for field in reversed(above):
            if field["type"] == "selection" and wanted in ("", field["string"]):
                return field
        raise ValidationError(
            self.env._(
                "“%(field)s” depends on “%(wanted)s”, but there is no such drop-down "
                "above it.",
                field=self.label,
                wanted=wanted or self.env._("the drop-down above"),
            )
        )

    def _get_selection(self, old, parent_keys):
        """Pairs of key and label; an option that stays keeps its key, so that tickets
        keep their values.

        :param list old: pairs as they were
        :param dict parent_keys: {label: key} of the options it depends on
        """
        texts = [text.strip() for text in (self.options or "").splitlines()]
        texts = [text for text in dict.fromkeys(texts) if text]
        if not texts:
            raise ValidationError(
                self.env._("Write the options of “%s”, one per line.", self.label)
            )
        known = {
            (key.rpartition(SEPARATOR)[0] if parent_keys else "", label): key
            for key, label in old
        }
        selection = []
        for text in texts:
            parent, label = self._split_option(text, parent_keys)
            key = known.get((parent, label)) or uuid4().hex[:8]
            if parent and SEPARATOR not in key:
                key = f"{parent}{SEPARATOR}{key}"
            selection.append([key, label])
        return selection

    def _split_option(self, text, parent_keys):
        """The key that an option goes with, and its own label."""
        above, separator, label = text.partition(LABEL_SEPARATOR)
        if not parent_keys or not separator:
            return "", text
        if above.strip() not in parent_keys:
            raise ValidationError(
                self.env._(
                    "“%(option)s” of “%(field)s”: there is no option “%(above)s” that "
                    "it could go with.",
                    option=text,
                    field=self.label,
                    above=above,
                )
            )
        return parent_keys[above.strip()], label.strip()
