from odoo import models
from odoo.fields import Domain

# What was merged into another ticket is in no figure.
COUNTED = {"ntr.ticket": Domain("merged_into_id", "=", False)}


class NtrCardMixin(models.AbstractModel):
    """A card of another application that counts what the help desk has about it."""

    _name = "ntr.card.mixin"
    _description = "Card with counters of the help desk"

    def _compute_ntr_count(self, model, path, counter):
        """Count records per card, in one statement for all cards of self.

        :param str model: what is counted
        :param str path: the field of that model that leads to the card
        :param str counter: the field of the card to fill
        """
        groups = self.env[model]._read_group(
            Domain(path, "in", self._get_ntr_counted_ids())
            & COUNTED.get(model, Domain.TRUE),
            [path],
            ["__count"],
        )
        counts = {card.id: count for card, count in groups}
        for card in self:
            card[counter] = counts.get(card._get_ntr_counted_id(), 0)

    def _get_ntr_counted_ids(self):
        return [id_ for card in self if (id_ := card._get_ntr_counted_id())]

    def _get_ntr_counted_id(self):
        """The id that counted records refer to, which may be another card's."""
        return self._origin.id

    def _get_ntr_action(self, xmlid, path, context=None):
        """The list behind a counter.

        :param str xmlid: the action
        :param str path: the field that leads to the card, as for the counter
        :param dict context: defaults for a new record
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = list(
            Domain(path, "=", self._get_ntr_counted_id())
            & COUNTED.get(action["res_model"], Domain.TRUE)
        )
        action["context"] = context or {}
        return action
