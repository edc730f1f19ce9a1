from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL, plaintext2html

from .ntr_ticket import PRIORITIES
from .ntr_ticket_stage import STATES, WAITING_ON

TEXTS = ("description", "solution", "prevention")
LINKS = (
    "partner_id",
    "team_id",
    "line_id",
    "user_id",
    "coordinator_id",
    "kind_id",
    "category_id",
    "equipment_id",
    "product_id",
    "channel_id",
    "cause_id",
    "stage_id",
)
# What happened, in the order in which it can: column, event, state from then on
STEPS = (
    ("assigned_at", "taken", "open"),
    ("first_solved_at", "solved", "solved"),
    ("reopened_at", "reopened", "open"),
    ("waiting_since", "waiting", "waiting"),
    ("solved_at", "solved", "solved"),
    ("closed_at", "closed", "closed"),
    ("cancelled_at", "cancelled", "cancelled"),
)
OTHER_TIMES = ("first_response_at", "rated_at")
TIMES = ("created_at", *(step[0] for step in STEPS), *OTHER_TIMES)
CHOICES = {
    "state": [key for key, __ in STATES],
    "priority": [key for key, __ in PRIORITIES],
    "waiting_on": [key for key, __ in WAITING_ON if key != "us"],
    "rating": [1, 2, 3, 4, 5],
}
# The times that a state stands on, and those that contradict it
NEEDED_TIMES = {
    "waiting": {"waiting_since"},
    "solved": {"solved_at"},
    "closed": {"closed_at"},
    "cancelled": {"cancelled_at"},
}
IMPOSSIBLE_TIMES = {
    "new": {step[0] for step in STEPS},
    "open": {"waiting_since", "solved_at", "closed_at", "cancelled_at"},
    "waiting": {"solved_at", "closed_at", "cancelled_at"},
    "solved": {"closed_at", "cancelled_at"},
    "closed": {"cancelled_at"},
    "cancelled": {"closed_at"},
}
PLAIN = ("number", "name", "email_from", "reopen_count", "feedback", "messages")
COLUMNS = {*PLAIN, *TEXTS, *LINKS, *TIMES, *CHOICES}
MESSAGE_COLUMNS = {"at", "author_id", "body", "audience"}
MAX_PROBLEMS = 20


class NtrTicket(models.Model):
    """Import of history: tickets of the past, with their own times.

    A door of its own with a right of its own, because it may say when something
    happened. It mails nothing, tells nobody, and demands no confirmation.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def import_history(self, rows):
        """Make tickets as they were: their times, their end, what was said.

        Each row is a dictionary of plain values. ``name``, ``created_at`` and
        ``state`` are needed. Times are ISO texts, UTC unless they name a zone:
        ``created_at``, ``assigned_at``, ``first_response_at``, ``first_solved_at``
        and ``reopened_at`` (of a ticket that was reopened), ``waiting_since``,
        ``solved_at``, ``closed_at``, ``cancelled_at``, ``rated_at``. Links are ids:
        ``partner_id``, ``team_id``, ``line_id``, ``user_id``, ``kind_id``,
        ``category_id``, ``equipment_id``, ``channel_id``, ``cause_id``,
        ``stage_id`` ... Texts are plain: ``description``, ``solution``,
        ``prevention``; ``Markup`` is kept as it is. Further ``number``,
        ``email_from``, ``priority``, ``waiting_on``, ``reopen_count``, ``rating``
        (1 to 5), ``feedback`` and ``messages``: a list of ``at``, ``author_id``
        (none: the sender of the ticket), ``body`` and ``audience`` (``client`` or
        ``staff``).

        Either all rows come in or none; what is wrong with them is said at once.

        :param list rows: one dictionary per ticket
        :return: ids of the tickets, in the order of the rows
        """
        if not (self.env.su or self.env.user.has_group("helpdesk_ntr.group_admin")):
            raise AccessError(
                self.env._("Only an administrator of the help desk imports history.")
            )
        rows = self._read_history(rows)
        tickets = self._create_history(rows)
        for ticket, row in zip(tickets, rows, strict=True):
            ticket._tell_history(row)
        self._backdate(tickets, [row["created_at"] for row in rows])
        self._backdate(
            tickets,
            [self._get_last_time(row) for row in rows],
            ["date_last_stage_update"],
        )
        return tickets.ids

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    @api.model
    def _read_history(self, rows):
        """Copies of the rows with times as naive UTC, or what is wrong with them."""
        rows = [
            dict(row, messages=[dict(said) for said in row.get("messages") or ()])
            for row in rows
        ]
        problems = []
        for place, row in enumerate(rows, start=1):
            problems += [
                self.env._("Row %(place)s: %(problem)s", place=place, problem=problem)
                for problem in self._read_history_row(row)
            ]
        problems = (
            problems or self._get_link_problems(rows) or self._get_fit_problems(rows)
        )
        if problems:
            raise ValidationError("\n".join(problems[:MAX_PROBLEMS]))
        return rows

    @api.model
    def _read_history_row(self, row):
        """Make times of the texts, in place.

        :return: sentences that say what is wrong with this row by itself
        """
        problems = [
            self.env._("the column %s is not known.", name)
            for name in sorted(row.keys() - COLUMNS)
        ]
        problems += [
            self.env._("%s is missing.", name)
            for name in ("name", "created_at", "state")
            if not row.get(name)
        ]
        problems += [
            self.env._("%(name)s cannot be %(value)s.", name=name, value=str(row[name]))
            for name, choices in CHOICES.items()
            if row.get(name) and row[name] not in choices
        ]
        problems += [
            self.env._("%s must be a whole number.", name)
            for name in (*LINKS, "reopen_count")
            if not isinstance(row.get(name) or 0, int)
        ]
        problems += self._read_times(row, TIMES)
        for message in row["messages"]:
            problems += self._read_message(message)
        return problems or self._get_course_problems(row)

    @api.model
    def _read_times(self, values, names):
        problems = []
        for name in names:
            if not values.get(name):
                continue
            try:
                values[name] = self._read_time(values[name])
            except ValueError:
                problems.append(
                    self.env._(
                        "%(name)s is no time: %(value)s.",
                        name=name,
                        value=str(values[name]),
                    )
                )
                continue
            if values[name] > fields.Datetime.now():
                problems.append(self.env._("%s lies in the future.", name))
        return problems

    @api.model
    def _read_time(self, value):
        """Naive UTC of an ISO text or of a datetime; whole seconds."""
        if not isinstance(value, datetime):
            value = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        if value.tzinfo:
            value = value.astimezone(timezone.utc).replace(tzinfo=None)
        return value.replace(microsecond=0)

    @api.model
    def _read_message(self, message):
        problems = [
            self.env._("messages: the column %s is not known.", name)
            for name in sorted(message.keys() - MESSAGE_COLUMNS)
        ]
        problems += [
            self.env._("messages: %s is missing.", name)
            for name in ("at", "body")
            if not message.get(name)
        ]
        if message.get("audience", "client") not in ("client", "staff"):
            problems.append(
                self.env._("messages: the audience is either client or staff.")
            )
        return problems + self._read_times(message, ["at"])

    @api.model
    def _get_course_problems(self, row):
        """What contradicts itself in the times of a row."""
        told = [name for name in TIMES if row.get(name)]
        state = row["state"]
        problems = [
            self.env._(
                "a ticket that is %(state)s needs %(name)s.", state=state, name=name
            )
            for name in sorted(NEEDED_TIMES.get(state, set()).difference(told))
        ]
        problems += [
            self.env._(
                "a ticket that is %(state)s cannot have %(name)s.",
                state=state,
                name=name,
            )
            for name in sorted(IMPOSSIBLE_TIMES[state].intersection(told))
        ]
        if bool(row.get("first_solved_at")) != bool(row.get("reopened_at")):
            problems.append(
                self.env._("first_solved_at and reopened_at belong together.")
            )
        return problems + self._get_order_problems(row, told)

    @api.model
    def _get_order_problems(self, row, told):
        course = [name for name in told if name not in OTHER_TIMES]
        pairs = list(zip(course, course[1:], strict=False))
        pairs += [("created_at", name) for name in told if name in OTHER_TIMES]
        problems = [
            self.env._(
                "%(later)s lies before %(earlier)s.", later=later, earlier=earlier
            )
            for earlier, later in pairs
            if row[later] < row[earlier]
        ]
        if any(message["at"] < row["created_at"] for message in row["messages"]):
            problems.append(self.env._("a message is older than the ticket."))
        return problems

    @api.model
    def _get_link_problems(self, rows):
        """Ids that name nothing."""
        wanted = [
            (place, name, self._fields[name].comodel_name, row[name])
            for place, row in enumerate(rows, start=1)
            for name in LINKS
            if row.get(name)
        ]
        wanted += [
            (place, "author_id", "res.partner", message["author_id"])
            for place, row in enumerate(rows, start=1)
            for message in row["messages"]
            if message.get("author_id")
        ]
        known = {
            model: set(
                self.env[model].browse({link[3] for link in wanted}).exists().ids
            )
            for model in {link[2] for link in wanted}
        }
        return [
            self.env._(
                "Row %(place)s: there is no %(name)s %(id)s.",
                place=place,
                name=name,
                id=str(id_),
            )
            for place, name, model, id_ in wanted
            if id_ not in known[model]
        ]

    @api.model
    def _get_fit_problems(self, rows):
        """Links that do not belong together, numbers that are taken."""
        problems = []
        team_id = self._default_team_id()
        for place, row in enumerate(rows, start=1):
            row["team_id"] = row.get("team_id") or team_id
            problems += [
                self.env._("Row %(place)s: %(problem)s", place=place, problem=problem)
                for problem in self._get_team_problems(row)
            ]
        numbers = [row["number"] for row in rows if row.get("number")]
        taken = self.sudo().with_context(active_test=False)
        taken = set(taken.search([("number", "in", numbers)]).mapped("number"))
        taken |= {number for number in numbers if numbers.count(number) > 1}
        return problems + [
            self.env._("The number %s is taken.", number) for number in sorted(taken)
        ]

    @api.model
    def _get_team_problems(self, row):
        team = self.env["ntr.team"].browse(row["team_id"])
        stage = self.env["ntr.ticket.stage"].browse(row.get("stage_id"))
        line = self.env["ntr.support.line"].browse(row.get("line_id"))
        problems = []
        if not team:
            problems.append(self.env._("%s is missing.", "team_id"))
        if stage and (
            stage.state != row["state"] or team not in (stage.team_ids or team)
        ):
            problems.append(
                self.env._(
                    "stage %(stage)s is none of %(team)s that means %(state)s.",
                    stage=stage.name,
                    team=team.name,
                    state=row["state"],
                )
            )
        if line and line.team_id != team:
            problems.append(
                self.env._(
                    "line %(line)s does not belong to team %(team)s.",
                    line=line.name,
                    team=team.name,
                )
            )
        return problems

    # ------------------------------------------------------------
    # Making
    # ------------------------------------------------------------

    @api.model
    def _create_history(self, rows):
        defaults = self.default_get(["team_id", "channel_id"])
        vals_list = [self._prepare_history_values(row, defaults) for row in rows]
        tickets = self.with_context(tracking_disable=True)._create_values(vals_list)
        now = fields.Datetime.now()
        for ticket in tickets.filtered(lambda ticket: not ticket._is_ended()):
            if ticket.state == "solved":
                ticket._write_values(ticket._get_closing_terms(now))
            ticket.message_subscribe(ticket.user_id.partner_id.ids)
        return tickets

    @api.model
    def _prepare_history_values(self, row, defaults):
        """Values of a ticket as it stands at the end of what a row tells."""
        self._read_talk(row)
        values = {
            name: row[name]
            for name in (*LINKS, "name", "email_from", "priority", "number")
            if row.get(name)
        }
        values.update(
            {name: self._get_html(row[name]) for name in TEXTS if row.get(name)}
        )
        self._complete_values(values, defaults)
        if not row.get("number"):
            dated = self.with_context(ir_sequence_date=str(row["created_at"]))
            values["number"] = dated._next_numbers(1)[0]
        times = {name: row.get(name) or False for name in TIMES}
        return dict(
            values,
            **self._get_standing(row, values),
            **self._get_answered(row, values),
            assigned_at=times["assigned_at"],
            first_solved_at=times["first_solved_at"] or times["solved_at"],
            solved_at=times["solved_at"],
            closed_at=times["closed_at"],
            reopen_count=row.get("reopen_count") or int(bool(times["reopened_at"])),
            last_event_at=row["created_at"],
        )

    @api.model
    def _get_html(self, text):
        return text if hasattr(text, "__html__") else plaintext2html(text)

    @api.model
    def _read_talk(self, row):
        """Tell who speaks in each message, oldest first: ``type`` of its event."""
        row["messages"].sort(key=lambda message: message["at"])
        for message in row["messages"]:
            author = self.env["res.partner"].sudo().browse(message.get("author_id"))
            message.setdefault("audience", "client")
            if not author or author.partner_share:
                message["type"] = "client_message"
            elif message["audience"] == "client":
                message["type"] = "reply"
            else:
                message["type"] = "note"

    @api.model
    def _get_standing(self, row, values):
        """Stage, who has the ball, and since when."""
        state = row["state"]
        team = self.env["ntr.team"].browse(values["team_id"])
        stage = self.env["ntr.ticket.stage"].browse(row.get("stage_id"))
        waiting_on = self._get_ball(state, row.get("waiting_on") or stage.waiting_on)
        return {
            "stage_id": stage.id or self._get_stage_of(team, state, waiting_on),
            "waiting_on": waiting_on,
            "waiting_since": waiting_on != "us" and self._get_last_time(row),
        }

    @api.model
    def _get_last_time(self, row):
        """When the ticket came into the state it is in."""
        told = [row[name] for name, __, __ in STEPS if row.get(name)]
        return told[-1] if told else row["created_at"]

    @api.model
    def _get_ball(self, state, waiting_on=None):
        """Who has the ball in a state."""
        if state == "waiting":
            return waiting_on or "internal"
        return "client" if state == "solved" else "us"

    @api.model
    def _get_stage_of(self, team, state, waiting_on):
        return team._get_stage_id(state, waiting_on if state == "waiting" else None)

    @api.model
    def _get_answered(self, row, values):
        """When the client was first answered, and since when he waits for more."""
        is_spoken = values["channel_id"] in self.env["ntr.channel"]._get_spoken_ids()
        replies = [m["at"] for m in row["messages"] if m["type"] == "reply"]
        if row.get("first_response_at"):
            replies.append(row["first_response_at"])
        elif is_spoken:
            replies.append(row["created_at"])
        questions = [m["at"] for m in row["messages"] if m["type"] == "client_message"]
        last = max(replies, default=False)
        waits = [at for at in (row["created_at"], *questions) if not last or at > last]
        is_running = row["state"] in ("new", "open", "waiting")
        row["first_response_at"] = min(replies, default=False)
        return {
            "first_response_at": row["first_response_at"],
            "unanswered_since": min(waits) if waits and is_running else False,
        }

    # ------------------------------------------------------------
    # Ledger
    # ------------------------------------------------------------

    def _tell_history(self, row):
        """Enter the course of one imported ticket into the ledger, oldest first."""
        course = self._get_course(row)
        values = dict(self._get_ledger_values(), **self._get_first_values(course))
        self._register_event(
            "imported",
            at=row["created_at"],
            channel_id=self.sudo().channel_id.id,
            changes={
                self.id: {
                    name: [False, value] for name, value in values.items() if value
                }
            },
        )
        for event in course:
            new = event.pop("values")
            changes = {
                name: [values[name], value]
                for name, value in new.items()
                if values[name] != value
            }
            values.update(new)
            self._register_event(changes={self.id: changes}, **event)
        self._rate_history(row)

    def _get_course(self, row):
        """Events of a row in the order of their times.

        :return: list of columns of ``ntr.ticket.event``; ``values`` are those of the
            ticket from then on
        """
        course = [self._prepare_step(row, *step) for step in STEPS if row.get(step[0])]
        said = [self._post_history(message) for message in row["messages"]]
        answered_at = row["first_response_at"]
        if answered_at and answered_at not in {
            row["created_at"],
            *(event["at"] for event in said if event["type"] == "reply"),
        }:
            said.append(
                {
                    "type": "reply",
                    "at": answered_at,
                    "actor_id": self.user_id.partner_id.id,
                    "audience": "client",
                    "values": {},
                }
            )
        if row.get("rating"):
            course.append(self._prepare_rated(row))
        return sorted(course + said, key=lambda event: event["at"])

    def _get_first_values(self, course):
        """What of the ledger's fields was otherwise when the ticket came in."""
        types = {event["type"] for event in course if event["values"]}
        if not types:
            return {}
        values = {
            "state": "new",
            "stage_id": self.team_id._get_stage_id("new"),
            "waiting_on": "us",
            "cause_id": False,
        }
        return dict(values, user_id=False) if "taken" in types else values

    def _prepare_step(self, row, column, event_type, state):
        """The event of one time that a row tells.

        The last one leads to the ticket as it stands now.
        """
        waiting_on = self._get_ball(state, self.waiting_on)
        values = {
            "state": state,
            "stage_id": self._get_stage_of(self.team_id, state, waiting_on),
            "waiting_on": waiting_on,
        }
        if column == [name for name, __, __ in STEPS if row.get(name)][-1]:
            values = self._get_ledger_values()
        elif column == "assigned_at":
            values["user_id"] = self.user_id.id
        elif column == "solved_at":
            values["cause_id"] = self.cause_id.id
        is_ours = event_type in ("taken", "solved", "waiting")
        return {
            "type": event_type,
            "at": row[column],
            "actor_id": is_ours and self.user_id.partner_id.id,
            "values": values,
        }

    def _post_history(self, message):
        """Put what was said back into the conversation, without sending it."""
        subtype = (
            "mail.mt_comment" if message["audience"] == "client" else "mail.mt_note"
        )
        author = self.env["res.partner"].sudo().browse(message.get("author_id"))
        posted = (
            self.env["mail.message"]
            .sudo()
            .create(
                {
                    "model": self._name,
                    "res_id": self.id,
                    "date": message["at"],
                    "author_id": author.id,
                    "email_from": author.email_formatted or self.email_from,
                    "body": self._get_html(message["body"]),
                    "message_type": "comment",
                    "subtype_id": self.env.ref(subtype).id,
                    "is_internal": message["audience"] == "staff",
                    "ntr_audience": message["audience"],
                }
            )
        )
        return {
            "type": message["type"],
            "at": message["at"],
            "actor_id": author.id,
            "audience": message["audience"],
            "message_id": posted.id,
            "values": {},
        }

    # ------------------------------------------------------------
    # Rating and times of records
    # ------------------------------------------------------------

    def _prepare_rated(self, row):
        row["rated_at"] = row.get("rated_at") or self._get_last_time(row)
        return {
            "type": "rated",
            "at": row["rated_at"],
            "actor_id": self.partner_id.id,
            "audience": "client",
            "reason": row.get("feedback"),
            "values": {},
        }

    def _rate_history(self, row):
        if not row.get("rating"):
            return
        rating = (
            self.env["rating.rating"]
            .sudo()
            .create(
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": self.id,
                    "partner_id": self.partner_id.id,
                    "rated_partner_id": self.user_id.partner_id.id,
                    "rating": row["rating"],
                    "feedback": row.get("feedback"),
                    "consumed": True,
                }
            )
        )
        self._backdate(
            rating, [row["rated_at"]], ("create_date", "write_date", "rated_on")
        )

    @api.model
    def _backdate(self, records, times, columns=("create_date",)):
        """Set times that the ORM itself writes, so that lists by month are true.

        :param records: new records of one model
        :param times: naive UTC, one per record
        """
        records.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s "
                "FROM unnest(%s::int[], %s::timestamp[]) AS told(id, at) "
                "WHERE %s = told.id",
                SQL.identifier(records._table),
                SQL(", ").join(
                    SQL("%s = told.at", SQL.identifier(column)) for column in columns
                ),
                records.ids,
                times,
                SQL.identifier(records._table, "id"),
            )
        )
        records.invalidate_recordset(columns)
