from odoo import api, models
from odoo.exceptions import AccessError, UserError


class NtrVerbMixin(models.AbstractModel):
    """A record that is moved by verbs: public methods that check their own right.

    Name it first in ``_inherit``. What only verbs may fill is refused in ``create``
    and ``write``, whoever calls; the verbs write through ``_write_values``. There is
    no context key for it, because a caller of the API chooses his context.
    """

    _name = "ntr.verb.mixin"
    _description = "Moved by verbs"

    # ------------------------------------------------------------
    # Doors
    # ------------------------------------------------------------

    @api.model
    def _get_derived_fields(self):
        """Names of the fields that only verbs fill; a model adds its own."""
        return set()

    @api.model
    def _get_derived_sentence(self):
        """What is said to whoever sets such a field; ``%s`` stands for its label."""
        return self.env._("%s cannot be set by hand; use the buttons.")

    @api.model
    def _refuse_derived(self, vals):
        refused = self._get_derived_fields().intersection(vals)
        if refused:
            raise UserError(
                self._get_derived_sentence() % self._get_field_labels(refused)
            )

    @api.model
    def _get_field_labels(self, names):
        return ", ".join(
            self._fields[name]._description_string(self.env) for name in sorted(names)
        )

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        for vals in vals_list:
            self._refuse_derived(vals)
        return self._create_values([dict(vals) for vals in vals_list])

    def _create_values(self, vals_list):
        """The private door to ``create``: derived fields may be given here."""
        return super().create(vals_list)  # pylint: disable=super-method-mismatch

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse_derived(vals)
        return self._write_values(vals)

    def _write_values(self, vals):
        """The private door that verbs write through, past ``write``."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    # ------------------------------------------------------------
    # What a verb asks first
    # ------------------------------------------------------------

    @api.model
    def _get_verb_groups(self, verb):
        """The groups of which one is needed for a verb.

        :param str verb: the name of the public method
        """
        raise NotImplementedError

    @api.model
    def _get_verb_refusal(self):
        """What is said to a user who may not do that."""
        return self.env._(
            "You may not do that. Ask your coordinator, or the administrator for the "
            "right."
        )

    def _check_verb(self, verb):
        """Refuse a user who may not do that with these records.

        :param str verb: the name of the public method
        :raises AccessError: the right is missing
        """
        if self.env.su:
            return
        user = self.env.user
        if not any(user.has_group(group) for group in self._get_verb_groups(verb)):
            raise AccessError(self._get_verb_refusal())
        self.check_access("write")

    def _get_spoken_name(self):
        """How a sentence names this record."""
        self.ensure_one()
        return self["number"] if "number" in self._fields else self.display_name

    def _require_state(self, states, sentence):
        """Refuse records that are in another state.

        :param states: the states that are right
        :param str sentence: what to say; ``%s`` stands for the record
        """
        for record in self:
            if record["state"] not in states:
                raise UserError(sentence % record._get_spoken_name())

    @api.model
    def _find_argument(self, model, record_id):
        """The record that a caller means, or none: callers of the API send anything.

        :param str model: its model
        :param record_id: what was sent as its id
        """
        is_id = isinstance(record_id, int) and not isinstance(record_id, bool)
        return self.env[model].browse(record_id if is_id else []).exists()

    @api.model
    def _require_reason(self, reason):
        """The reason without blanks around it, refused when there is none."""
        reason = str(reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: without a reason this is not done."))
        return reason
