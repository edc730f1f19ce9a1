from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import ticket_fields
from .ntr_ticket import STAFF

# field with the values: link to the record that says which fields there are
PROPERTIES = {"team_properties": "team_id", "category_properties": "category_id"}


def mark_as_changed(values, container):
    """Values of fields for a form in which a team or category was chosen.

    Odoo sends a form those of its fields whose values are others than before. Where
    nothing is filled in they are the same, and the form would go on to show the
    fields of the former team; so a value that no field shows names the new one.
    """
    return {**values, f"of_{container.id}": False}


class NtrTicket(models.Model):
    """Fields that a team or a category adds to its tickets (S98, S102 to S105).

    What must be filled in is asked of a person who registers, at every door. Mail
    always makes the ticket; it stays new until the fields are filled in.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    team_properties = fields.Properties(
        "Fields of the team",
        definition="team_id.team_properties_definition",
        copy=True,
        groups=STAFF,
    )
    category_properties = fields.Properties(
        "Fields of the category",
        definition="category_id.ticket_properties_definition",
        copy=True,
        groups=STAFF,
    )
    dropped_properties = fields.Json(
        readonly=True,
        copy=False,
        groups=STAFF,
        help="{link,id of the team or category that the ticket left: {field: value}}.",
    )

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {"dropped_properties"}

    @api.model
    def _get_ledger_fields(self):
        return super()._get_ledger_fields() + list(PROPERTIES)

    def _get_ledger_value(self, name):
        if name in PROPERTIES:
            return ticket_fields.get_values(self._get_fields(name)) or False
        return super()._get_ledger_value(name)

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _get_fields(self, name):
        """The fields that a team or category adds, with their values.

        :param str name: ``team_properties`` or ``category_properties``
        :return: list of dictionaries, see ``tools.ticket_fields``
        """
        ticket_sudo = self.sudo()
        field = self._fields[name]
        if not field._get_properties_definition(ticket_sudo):
            return []
        return field.convert_to_read(
            ticket_sudo[name], ticket_sudo, use_display_name=False
        )

    def _get_fields_at(self, name, container):
        """The fields with the values they would have if the ticket came there.

        :param str name: ``team_properties`` or ``category_properties``
        :param container: a team or category, or an empty one
        :return: list of dictionaries, see ``tools.ticket_fields``
        """
        present = self._get_fields(name)
        if container == self[PROPERTIES[name]]:
            return present
        field = self._fields[name]
        definition = container.sudo()[field.definition_record_field] or []
        values = ticket_fields.merge(
            [dict(it, value=it.get("default")) for it in definition],
            self._get_kept_values(name, container),
            ticket_fields.get_values(present),
        )
        return field._dict_to_list(values, definition)

    def _get_missing_fields(self, *moments):
        """Labels of the fields that must be filled in and are not.

        :param moments: ``creation``, ``closing``
        """
        return [
            label
            for name in PROPERTIES
            for label in ticket_fields.get_missing(self._get_fields(name), moments)
        ]

    # ------------------------------------------------------------
    # What a person must fill in
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        if not self.env.su:
            tickets._require_to_register()
            tickets._check_linked_fields()
        return tickets

    def _require_to_register(self):
        """Refuse new tickets that lack what must be said when one is registered.

        A controller that registers for a person with ``sudo`` calls this itself.
        """
        for ticket in self:
            missing = ticket._get_missing_fields("creation")
            if missing:
                raise UserError(
                    self.env._(
                        "“%(name)s” cannot be registered yet. Fill in: %(fields)s.",
                        name=ticket.name,
                        fields=", ".join(missing),
                    )
                )

    def _require_to_begin(self):
        """Refuse to take up new tickets that came in without what must be said."""
        for ticket in self.filtered(lambda ticket: ticket.state == "new"):
            missing = ticket._get_missing_fields("creation")
            if missing:
                raise UserError(
                    self.env._(
                        "%(number)s stays new until this is filled in: %(fields)s.",
                        number=ticket.number,
                        fields=", ".join(missing),
                    )
                )

    def _move(self, event_type, state=None, vals=None, waiting_on="us", **event_values):
        if state in ("open", "waiting", "solved") and not self.env.su:
            self._require_to_begin()
        return super()._move(event_type, state, vals, waiting_on, **event_values)

    def assign(self, user_id):
        if user_id and not self.env.su:
            self._require_to_begin()
        return super().assign(user_id)

    def _get_solve_blockers(self, vals):
        return super()._get_solve_blockers(vals) + self._get_field_blockers()

    def _get_close_blockers(self):
        return super()._get_close_blockers() + self._get_field_blockers()

    def _get_required_classification(self):
        """Names of the fields that a ticket of this team must have to be solved."""
        team_sudo = self.team_id.sudo()
        required = {
            "kind_id": team_sudo.is_kind_required,
            "category_id": team_sudo.is_category_required,
        }
        return {name for name, is_required in required.items() if is_required}

    def _get_field_blockers(self):
        """Sentences that say which classification and fields are missing (S105)."""
        blockers = []
        required = self._get_required_classification()
        if "kind_id" in required and not self.kind_id:
            blockers.append(self.env._("Choose the kind."))
        if "category_id" in required and not self.category_id:
            blockers.append(self.env._("Choose the category."))
        missing = self._get_missing_fields("creation", "closing")
        if missing:
            blockers.append(self.env._("Fill in: %s.", ", ".join(missing)))
        return blockers

    def _check_linked_fields(self):
        """A linked drop-down goes with the value that it depends on.

        Asked of persons alone, so it is no constraint: those run with all rights,
        and what a machine filled in is left to whoever works with the ticket.
        """
        for ticket in self:
            for name in PROPERTIES:
                for field, parent in ticket_fields.get_misfits(
                    ticket._get_fields(name)
                ):
                    raise ValidationError(
                        self.env._(
                            "“%(value)s” in “%(field)s” does not go with what is "
                            "chosen in “%(parent)s”. Choose again.",
                            value=dict(field["selection"])[field["value"]],
                            field=field["string"],
                            parent=parent["string"],
                        )
                    )

    # ------------------------------------------------------------
    # Change of team or category
    # ------------------------------------------------------------

    def write(self, vals):
        if "team_id" in vals and "team_properties" in vals:
            result = self._write_with_team(vals)
        else:
            result = super().write(vals)
        if not self.env.su and PROPERTIES.keys() & vals.keys():
            self._check_linked_fields()
        return result

    def _write_with_team(self, vals):
        """Write a team together with the values of its fields."""
        # The values are those of the team that the ticket comes to, where whoever
        # sends it there need not have any rights.
        values = self._fields["team_properties"].convert_to_cache(
            vals["team_properties"], self
        )
        result = self.write(
            {name: value for name, value in vals.items() if name != "team_properties"}
        )
        self.sudo()._write_logged(
            "classified", {"team_properties": values}, only_if_changed=True
        )
        return result

    def _write_values(self, vals):
        moved = [name for name, link in PROPERTIES.items() if link in vals]
        if not moved:
            return super()._write_values(vals)
        before = {
            (ticket, name): (
                ticket[PROPERTIES[name]].id,
                ticket_fields.get_values(ticket._get_fields(name)),
            )
            for ticket in self
            for name in moved
        }
        result = super()._write_values(vals)
        for (ticket, name), (old_id, values) in before.items():
            if ticket[PROPERTIES[name]].id != old_id:
                ticket._keep_fields(name, old_id, values, is_given=name in vals)
        return result

    def _get_kept_values(self, name, container):
        """Values that the ticket left at a team or category: {field: value}."""
        kept = self.sudo().dropped_properties or {}
        return kept.get(f"{name},{container.id}", {})

    def _keep_fields(self, name, old_id, old_values, is_given):
        """Keep the values that a change of team or category drops; give back those
        that were kept when the ticket was here before.

        :param str name: ``team_properties`` or ``category_properties``
        :param int old_id: id of the team or category that is left
        :param dict old_values: {field: value} there
        :param bool is_given: the new values come from whoever changes it
        """
        ticket_sudo = self.sudo()
        present = self._get_fields(name)
        names = {field["name"] for field in present}
        kept = dict(ticket_sudo.dropped_properties or {})
        dropped = {key: old_values[key] for key in old_values if key not in names}
        if dropped:
            kept[f"{name},{old_id}"] = dropped
        back = kept.pop(f"{name},{self[PROPERTIES[name]].id}", {})
        values = {"dropped_properties": kept or False}
        if back and not is_given:
            values[name] = ticket_fields.merge(present, back, old_values)
        ticket_sudo._write_values(values)

    @api.onchange("team_id", "category_id")
    def _onchange_properties(self):
        """Show the fields of the team and category chosen, with what was filled in
        when the ticket was here before."""
        for name, link in PROPERTIES.items():
            container = self[link]._origin
            present = self._get_fields(name)
            values = ticket_fields.get_values(present)
            # chosen anew after something else: the form has lost what was saved
            if container != self._origin[link] or not values:
                values = self._origin._get_values_again(name, container, present)
            self[name] = mark_as_changed(values, container)

    def _get_values_again(self, name, container, present):
        """Values to offer in a form where another team or category was chosen.

        :param str name: ``team_properties`` or ``category_properties``
        :param container: the team or category
        :param list present: its fields with the values that the form has
        :return: {field: value}
        """
        values = ticket_fields.get_values(present)
        along = {}
        if self:
            along = ticket_fields.get_values(self._get_fields(name))
            names = {field["name"] for field in self._get_fields(name)}
            along |= {key: value for key, value in values.items() if key in names}
        kept = self._get_kept_values(name, container)
        return ticket_fields.merge(present, kept, along)
