from odoo import SUPERUSER_ID, api, fields, models


class NtrTicket(models.Model):
    """What happened to a ticket is entered once, here, and never changed.

    Clocks, figures and rights read the ledger; nobody else writes it.
    """

    _inherit = "ntr.ticket"

    @api.model
    def _get_ledger_fields(self):
        """Fields whose change the ledger records, because a clock or a figure or a
        right reads them. A higher addon adds its own."""
        return [
            "state",
            "stage_id",
            "team_id",
            "line_id",
            "user_id",
            "coordinator_id",
            "priority",
            "kind_id",
            "category_id",
            "equipment_id",
            "product_id",
            "partner_id",
            "commercial_partner_id",
            "waiting_on",
            "cause_id",
            "is_confidential",
        ]

    def _register_event(self, type, changes=None, **values):  # noqa: A002
        """The one place that writes the ledger.

        :param str type: a type of ``ntr.ticket.event``
        :param dict changes: {ticket id: {field: [old, new]}}
        :param values: columns of the event; ``at`` (naive UTC, now), ``actor_id``
            (the user's contact)
        :return: the events
        """
        if not self:
            return self.env["ntr.ticket.event"]
        told_at = values.pop("at", None)
        at = told_at or fields.Datetime.now()
        if self.env.uid != SUPERUSER_ID:
            values.setdefault("actor_id", self.env.user.partner_id.id)
        rows = [
            dict(
                values,
                type=type,
                at=at,
                ticket_id=ticket.id,
                changes=(changes or {}).get(ticket.id) or False,
                **ticket._get_elapsed(at, (changes or {}).get(ticket.id)),
            )
            for ticket in self.sudo()
        ]
        events = self.env["ntr.ticket.event"].sudo().create(rows)
        late = self.sudo().filtered(lambda ticket: ticket.last_event_at != at)
        if late:
            late._write_values({"last_event_at": at})
        if not told_at:
            self._on_events(events)
        return events

    def _write_logged(self, event_type, vals, only_if_changed=False, **event_values):
        """Write and enter one event per ticket with what changed.

        :param str event_type: a type of ``ntr.ticket.event``
        :param dict vals: values for every ticket of self
        :param bool only_if_changed: no event where no ledger field changed
        :param event_values: columns of the event (reason, audience ...)
        """
        before = {ticket.id: ticket._get_ledger_values() for ticket in self}
        self._write_values(vals)
        changes = {}
        for ticket in self:
            after = ticket._get_ledger_values()
            changes[ticket.id] = {
                name: [old, after[name]]
                for name, old in before[ticket.id].items()
                if old != after[name]
            }
        tickets = (
            self.filtered(lambda ticket: changes[ticket.id])
            if only_if_changed
            else self
        )
        return tickets._register_event(event_type, changes=changes, **event_values)

    def _get_ledger_values(self):
        """{field: value or id} of the fields that the ledger records."""
        ticket_sudo = self.sudo()
        return {
            name: ticket_sudo._get_ledger_value(name)
            for name in self._get_ledger_fields()
        }

    def _get_ledger_value(self, name):
        """The value of one field as the ledger records it: plain, as JSON knows it."""
        value = self[name]
        return value.id if self._fields[name].type == "many2one" else value

    def _get_elapsed(self, at, changes=None):
        """Seconds and working seconds from the previous event of this ticket.

        Counted by the calendar, as it is now, of the team that had the ticket until
        this event; frozen in the event, so that later changes of the calendar leave
        the past as it was.
        """
        previous = self.last_event_at
        if not previous or previous >= at:
            return {"seconds": 0, "work_seconds": 0}
        old_team_id = (changes or {}).get("team_id", [False])[0]
        team = self.team_id.browse(old_team_id) if old_team_id else self.team_id
        return {
            "seconds": (at - previous).total_seconds(),
            "work_seconds": team._get_working_time().between(previous, at),
        }

    def _on_events(self, events):
        """Something has just happened to these tickets; a higher addon extends this.

        Not called for what is told of the past, as by the import of history.

        :param events: ``ntr.ticket.event``, one per ticket, of one type
        """

    def _get_events(self):
        """The events of these tickets, newest first, those of just now included."""
        return self.event_ids.sorted(lambda event: (event.at, event.id), reverse=True)
