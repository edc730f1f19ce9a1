from odoo import models
from odoo.exceptions import ValidationError

from ..tools import ticket_fields

# field that defines fields of tickets: whether it names all that they can depend on
OUR_DEFINITIONS = {
    "team_properties_definition": True,
    "category_properties_definition": False,
    "ticket_properties_definition": True,
}
OUR_MODELS = ("ntr.team", "ntr.ticket.category")


class Base(models.AbstractModel):
    """Definitions of properties say when a field is required, what it depends on."""

    _inherit = "base"

    def _additional_allowed_keys_properties_definition(self):
        return (
            *super()._additional_allowed_keys_properties_definition(),
            "required_at",
            "depends_on",
        )

    def _validate_properties_definition(self, properties_definition, field):
        result = super()._validate_properties_definition(properties_definition, field)
        if field.model_name in OUR_MODELS:
            self._ntr_validate_fields(
                properties_definition, OUR_DEFINITIONS.get(field.name, True)
            )
        return result

    def _ntr_validate_fields(self, definition, is_whole):
        """Tidy the definition up, refuse what cannot be meant."""
        ticket_fields.tidy(definition, is_whole)
        for it in definition:
            if it.get("required_at", "closing") not in ticket_fields.MOMENTS:
                raise ValidationError(
                    self.env._(
                        "Field %s: it can be required at “creation” or at “closing”.",
                        it.get("string") or it["name"],
                    )
                )
        circle = ticket_fields.get_circle(definition)
        if circle:
            raise ValidationError(
                self.env._(
                    "Field %s depends on itself. Choose another one that it depends "
                    "on.",
                    circle.get("string") or circle["name"],
                )
            )
