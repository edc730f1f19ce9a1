from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

# Kinds of fields whose value the form can tell us as it loaded it.
COMPARED_TYPES = ("char", "text", "html", "selection", "many2one", "boolean", "integer")


class NtrTicket(models.Model):
    """Two people in one ticket see each other, and neither overwrites the other."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------
    # Who is here
    # ------------------------------------------------------------

    def meet(self):
        """Tell that one has this ticket open; call it again within a minute.

        :return: list of {"id", "name"} of the other colleagues who have it open
        """
        self.ensure_one()
        self.check_access("read")
        presence = self.env["ntr.ticket.presence"].sudo()
        if self.env.user.share:
            return []
        if presence._note(self, self.env.user):
            self._tell_present()
        return self._get_people_here(self.env.user)

    def leave(self):
        """Tell that one has closed this ticket.

        :return: True
        """
        self.env["ntr.ticket.presence"].sudo().search(
            [("ticket_id", "in", self.ids), ("user_id", "=", self.env.uid)]
        ).unlink()
        for ticket in self:
            ticket._tell_present()
        return True

    def _get_people_here(self, user):
        """The others who have this ticket open, as the form of that user names them."""
        people = self.env["ntr.ticket.presence"].sudo()._get_present(self) - user
        return [{"id": person.id, "name": person.name} for person in people]

    def _tell_present(self):
        """Everybody who has this ticket open learns who else has."""
        for user in self.env["ntr.ticket.presence"].sudo()._get_present(self):
            if user != self.env.user:
                user._bus_send(
                    "ntr_ticket_presence",
                    {"ticket_id": self.id, "people": self._get_people_here(user)},
                )

    # ------------------------------------------------------------
    # Stale forms
    # ------------------------------------------------------------

    def web_save(self, vals, specification, next_id=None):
        """Save a form; ``ntr_seen`` in the values holds what it had loaded.

        :raises UserError: somebody has changed the same field meanwhile
        """
        vals = dict(vals)
        seen = vals.pop("ntr_seen", None)
        if self and isinstance(seen, dict):
            self._refuse_stale(vals, seen)
        return super().web_save(vals, specification, next_id=next_id)

    def _refuse_stale(self, vals, seen):
        """Refuse to overwrite what the writer of a form has not seen.

        :param dict vals: what is about to be written
        :param dict seen: {field: value when the form was loaded}
        """
        self.ensure_one()
        stale = [
            name
            for name in vals
            if name in seen and self._is_stale(name, vals[name], seen[name])
        ]
        if stale:
            raise UserError(
                self.env._(
                    "%(person)s has changed this ticket while you were writing: "
                    "%(changes)s. Nothing of yours is saved yet; copy what you need "
                    "and load the page again.",
                    person=self.sudo().write_uid.name,
                    changes="; ".join(self._get_stale_texts(stale)),
                )
            )

    @api.model
    def _get_plain(self, value):
        return value.id if isinstance(value, models.BaseModel) else value

    def _is_stale(self, name, new, seen):
        """Whether that field holds something else than its writer saw."""
        field = self._fields.get(name)
        if field is None or field.type not in COMPARED_TYPES:
            return False
        now = self._get_plain(self[name]) or False
        return str(now) not in (str(seen or False), str(new or False))

    def _get_stale_texts(self, names):
        """What these fields hold now, each as its label and its value."""
        texts = []
        for name in names:
            field, value = self._fields[name], self[name]
            if field.type == "many2one":
                value = value.display_name
            elif field.type == "selection":
                value = dict(field._description_selection(self.env)).get(value)
            elif field.type == "html":
                value = html2plaintext(value or "").strip()
            texts.append(
                self.env._(
                    "%(field)s: %(value)s",
                    field=field._description_string(self.env),
                    value=value or "—",
                )
            )
        return texts
