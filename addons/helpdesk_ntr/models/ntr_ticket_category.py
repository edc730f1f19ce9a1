from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import ticket_fields
from .ntr_ticket import PRIORITIES, STAFF

# field of a ticket: field of the category that it is filled from
DEFAULTS = {
    "team_id": "default_team_id",
    "line_id": "default_line_id",
    "user_id": "default_user_id",
    "priority": "default_priority",
}


class NtrTicketCategory(models.Model):
    """What requests are about, as a tree; what a ticket takes from its category.

    A default that is empty here is that of the nearest parent that has one.
    """

    _name = "ntr.ticket.category"
    _description = "Ticket category"
    _inherit = ["ntr.cached.mixin"]
    _parent_store = True
    _order = "tree_order, id"
    _rec_name = "complete_name"

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        compute="_compute_complete_name", recursive=True, search="_search_complete_name"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one("ntr.ticket.category", index=True, ondelete="restrict")
    parent_path = fields.Char(index=True)
    tree_order = fields.Char(
        compute="_compute_tree_order",
        store=True,
        recursive=True,
        index=True,
        help="Sorts each category behind its parent, and those beside it by sequence.",
    )
    child_ids = fields.One2many("ntr.ticket.category", "parent_id")
    team_ids = fields.Many2many(
        "ntr.team", string="Teams", help="Empty: the category serves every team."
    )

    # What a new ticket takes from here
    default_team_id = fields.Many2one("ntr.team", "Default team", groups=STAFF)
    default_line_id = fields.Many2one(
        "ntr.support.line",
        "Default line",
        groups=STAFF,
        domain="[('team_id', '=?', default_team_id)]",
    )
    default_user_id = fields.Many2one(
        "res.users",
        "Default executor",
        groups=STAFF,
        domain=[("share", "=", False)],
    )
    default_priority = fields.Selection(
        PRIORITIES,
        "Default priority",
        groups=STAFF,
        help="Of tickets whose urgency and impact nobody has judged.",
    )
    answer_template_id = fields.Many2one(
        "mail.template",
        "Answer template",
        groups=STAFF,
        domain=[("model", "=", "ntr.ticket")],
        help="The text that an answer to such a request begins with.",
    )
    letter_template_id = fields.Many2one(
        "mail.template",
        "Letter",
        groups=STAFF,
        domain=[("model", "=", "ntr.ticket")],
        help="Sent to the client once, by itself or by hand.",
    )
    letter_at = fields.Selection(
        [
            ("new", "When registered"),
            ("solved", "When solved"),
            ("hand", "By hand"),
        ],
        "Letter is sent",
        default="hand",
        groups=STAFF,
    )
    question_id = fields.Many2one(
        "mail.canned.response",
        "Asking for data",
        groups=STAFF,
        domain=[("is_shared", "=", True)],
        index="btree_not_null",
        ondelete="set null",
        help="The canned answer that “Ask the client” begins with.",
    )
    category_properties_definition = fields.PropertiesDefinition(
        "Own fields",
        groups=STAFF,
        help="Fields that tickets of this category and of those below it have.",
    )
    ticket_properties_definition = fields.PropertiesDefinition(
        "Fields of its tickets",
        compute="_compute_ticket_properties_definition",
        store=True,
        recursive=True,
        copy=False,
        groups=STAFF,
        help="Those of the parents, then its own.",
    )
    inherited_defaults = fields.Char(
        "From above",
        compute="_compute_inherited_defaults",
        groups=STAFF,
        help="What tickets of this category take from its parents.",
    )

    @api.constrains("default_team_id", "default_line_id", "parent_id")
    def _check_default_line(self):
        for category in self.sudo():
            team = category._get_inherited("default_team_id")
            line = category._get_inherited("default_line_id")
            if team and line and line.team_id != team:
                raise ValidationError(
                    self.env._(
                        "Category %(category)s: line %(line)s does not belong to team "
                        "%(team)s. Choose a line of that team.",
                        category=category.name,
                        line=line.name,
                        team=team.name,
                    )
                )

    @api.constrains("default_user_id")
    def _check_default_user(self):
        for category in self.sudo():
            user = category.default_user_id
            if user and (user.share or not user.active):
                raise ValidationError(
                    self.env._("Only an active colleague can be an executor.")
                )

    @api.depends("sequence", "parent_id.tree_order")
    def _compute_tree_order(self):
        for category in self:
            above = category.parent_id.tree_order or ""
            own = f"{max(category.sequence, 0):06d}.{category._origin.id or 0:09d}/"
            category.tree_order = above + own

    @api.depends("name", "parent_id.complete_name")
    @api.depends_context("lang")
    def _compute_complete_name(self):
        for category in self:
            parent = category.parent_id.complete_name
            category.complete_name = (
                f"{parent} / {category.name}" if parent else category.name
            )

    @api.depends(
        "category_properties_definition", "parent_id.ticket_properties_definition"
    )
    def _compute_ticket_properties_definition(self):
        for category in self:
            inherited = category.parent_id.ticket_properties_definition or []
            category.ticket_properties_definition = ticket_fields.join(
                inherited, category.category_properties_definition or []
            )

    def _search_complete_name(self, operator, value):
        return [("name", operator, value)]

    @api.depends("parent_id")
    def _compute_inherited_defaults(self):
        for category in self:
            above = category.parent_id
            texts = []
            for name in (*DEFAULTS.values(), "answer_template_id", "question_id"):
                value = above._get_inherited(name)
                if value and not category.sudo()[name]:
                    texts.append(
                        self.env._(
                            "%(field)s: %(value)s",
                            field=self._fields[name]._description_string(self.env),
                            value=above._get_display_value(name, value),
                        )
                    )
            category.inherited_defaults = "; ".join(texts)

    def _get_display_value(self, name, value):
        field = self._fields[name]
        if field.type == "many2one":
            return value.display_name
        return dict(field._description_selection(self.env)).get(value, value)

    # ------------------------------------------------------------
    # Fields of tickets
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        categories = super().create(
            [
                {
                    name: value
                    for name, value in vals.items()
                    if name != "ticket_properties_definition"
                }
                for vals in vals_list
            ]
        )
        for category, vals in zip(categories, vals_list, strict=True):
            if "ticket_properties_definition" in vals:
                category._write_ticket_fields(vals["ticket_properties_definition"])
        return categories

    def write(self, vals):
        if "ticket_properties_definition" not in vals:
            return super().write(vals)
        self.check_access("write")
        rest = dict(vals)
        definition = rest.pop("ticket_properties_definition")
        result = super().write(rest) if rest else True
        for category in self:
            category._write_ticket_fields(definition)
        return result

    def _write_ticket_fields(self, definition):
        """Take over the fields as Odoo's popover on a ticket leaves them.

        :param list definition: all fields of the tickets, own and inherited ones
        :raises UserError: a field of a parent was changed or left out
        """
        field = self._fields["ticket_properties_definition"]
        definition = field.convert_to_cache(definition, self) or []
        present = {it["name"]: it for it in definition}
        for above in self.parent_id.ticket_properties_definition or []:
            if ticket_fields.is_changed(above, present.pop(above["name"], {})):
                self._refuse_to_change_inherited(above)
        self.category_properties_definition = list(present.values())

    def _refuse_to_change_inherited(self, it):
        raise UserError(
            self.env._(
                "Field “%(field)s” comes from category %(parent)s. Change it there.",
                field=it.get("string") or it["name"],
                parent=self._get_source(it["name"]).display_name,
            )
        )

    def _get_source(self, name):
        """The category that a field of the tickets comes from: this one or a parent.

        :param str name: technical name of the field
        """
        source, above = self, self.parent_id
        while any(it["name"] == name for it in above.ticket_properties_definition):
            source, above = above, above.parent_id
        return source

    # ------------------------------------------------------------
    # Answers that tickets ask for
    # ------------------------------------------------------------

    def _get_inherited(self, name):
        """The value of a field here or at the nearest parent that has one.

        :param str name: a field of this model
        :return: its value; of an empty category, the empty value
        """
        category = self.sudo()
        while category and not category[name]:
            category = category.parent_id
        return category[name]

    def _get_letter(self):
        """The letter of tickets of this category and when it goes out.

        :return: (``mail.template``, ``new``, ``solved`` or ``hand``)
        """
        category = self.sudo()
        while category and not category.letter_template_id:
            category = category.parent_id
        return category.letter_template_id, category.letter_at or "hand"

    def _get_defaults(self):
        """What a ticket takes from this category where it has nothing itself.

        :return: {field of ``ntr.ticket``: id or value}, without what is empty
        """
        values = {}
        for name, source in DEFAULTS.items():
            value = self._get_inherited(source)
            if value and (name != "user_id" or value.active):
                values[name] = value if name == "priority" else value.id
        return values
