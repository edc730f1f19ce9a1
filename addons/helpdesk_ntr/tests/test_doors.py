from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from ..exceptions import NeedsWords
from .common import HelpdeskCase

# What is compared after a verb, whatever door it came through.
FINGERPRINT = (
    "state",
    "stage_id",
    "waiting_on",
    "team_id",
    "line_id",
    "user_id",
    "priority",
    "outcome",
    "cause_id",
    "hop_count",
    "reopen_count",
)


@tagged("post_install", "-at_install")
class TestDoors(HelpdeskCase, HttpCase):
    """Each verb at each door: method, API, button, drag, list mass-edit.

    The method is the measure: whatever door a verb comes through, the ticket stands
    the same afterwards and the ledger says the same of the same person. Who lacks the
    right is refused at each door, and nothing of it stays.
    """

    def _stage(self, state, waiting_on=None):
        """The first stage of the team that means this state."""
        return self.env["ntr.ticket.stage"].browse(
            self.team._get_stage_id(state, waiting_on)
        )

    # ------------------------------------------------------------
    # Tickets to begin with
    # ------------------------------------------------------------

    def _new(self):
        return self._ticket(kind_id=self.incident.id)

    def _open(self):
        ticket = self._new()
        ticket.with_user(self.engineer).take()
        return ticket

    def _solvable(self):
        """An open ticket on which solution and cause stand already."""
        ticket = self._open()
        ticket.with_user(self.engineer).write(
            {"solution": "<p>Replaced the roller</p>", "cause_id": self.cause.id}
        )
        return ticket

    def _waiting(self):
        ticket = self._open()
        ticket.with_user(self.engineer).wait_for("parts")
        return ticket

    def _closed(self):
        ticket = self._solved()
        ticket.with_user(self.coordinator).close()
        return ticket

    def _handed_over(self):
        ticket = self._new()
        ticket.with_user(self.dispatcher).pass_on(self.line2.id, "Needs an engineer")
        return ticket

    def _judged(self):
        return self._ticket(urgency="2", impact="2")

    # ------------------------------------------------------------
    # Doors
    # ------------------------------------------------------------

    def _by_method(self, tickets, user, verb, arguments):
        getattr(tickets.with_user(user), verb)(*arguments)

    @mute_logger("odoo.http")
    def _by_api(self, tickets, user, verb, arguments):
        """Over HTTP, as any program does it."""
        self.env.flush_all()
        self.authenticate(user.login, user.login)
        response = self.url_open(
            "/web/dataset/call_kw",
            json={
                "jsonrpc": "2.0",
                "params": {
                    "model": "ntr.ticket",
                    "method": verb,
                    "args": [tickets.ids, *arguments],
                    "kwargs": {},
                },
            },
        ).json()
        self.env.invalidate_all()
        if "error" in response:
            raise UserError(response["error"]["data"]["message"])

    def _by_button(self, tickets, user, verb, words):
        """The button of the form, or the dialog that it opens."""
        tickets = tickets.with_user(user)
        if words is None:
            for ticket in tickets:
                getattr(ticket, f"action_{verb}")()
            return
        opened = words.pop("opens", verb)
        action = self.env.ref(f"helpdesk_ntr.ntr_ticket_{opened}_action")
        context = {
            "active_id": tickets[:1].id,
            "active_ids": tickets.ids,
            "default_verb": opened,
        }
        wizard = Form(
            self.env[action.res_model].with_user(user).with_context(**context)
        )
        for name, value in words.items():
            setattr(wizard, name, value)
        record = wizard.save()
        getattr(record, "action_solve" if verb == "solve" else "action_apply")()

    def _by_write(self, tickets, user, values):
        """What the web client calls for a dropped card, and for edited rows."""
        tickets.with_user(user).web_save(values, {"id": {}})

    # ------------------------------------------------------------
    # What is compared
    # ------------------------------------------------------------

    def _get_fingerprint(self, ticket, since):
        """How a ticket stands, and what its ledger says of what a person did.

        A letter to the client of one ticket leaves at once, of many by the scheduled
        action, so letters are not compared.
        """
        ticket = ticket.sudo()
        ticket.invalidate_recordset()
        values = {name: ticket[name] for name in FINGERPRINT}
        events = ticket.event_ids.filtered(lambda event: event.id > since)
        told = [
            (event.type, event.actor_id, event.reason)
            for event in events.sorted("id")
            if event.type != "automatic_message"
        ]
        return values, told

    def _get_last_event_id(self, ticket):
        return self._last_event(ticket).id

    def _walk(self, tickets, door):
        """Go through a door with tickets; how they stand afterwards, each."""
        since = {ticket: self._get_last_event_id(ticket) for ticket in tickets}
        door()
        return [self._get_fingerprint(ticket, since[ticket]) for ticket in tickets]

    def _assert_doors(
        self, verb, make, user, stranger, arguments=(), words=None, values=None
    ):
        """One verb at each door.

        :param make: makes a ticket to begin with
        :param user: who has just the right that should suffice
        :param stranger: who has not
        :param arguments: of the method
        :param words: {field: value} of the dialog; None: a button without dialog
        :param values: what a drag or a mass-edit writes, None where nothing does it
        """
        doors = {
            "method": lambda t, u: self._by_method(t, u, verb, arguments),
            "api": lambda t, u: self._by_api(t, u, verb, arguments),
            "button": lambda t, u: self._by_button(t, u, verb, words and dict(words)),
        }
        if values:
            doors["write"] = lambda t, u: self._by_write(t, u, values)
        measure = None
        for name, door in doors.items():
            with self.subTest(verb=verb, door=name):
                ticket = make()
                [found] = self._walk(ticket, lambda: door(ticket, user))  # noqa: B023
                measure = measure or found
                self.assertTrue(found[1], "nothing in the ledger")
                self.assertEqual(found, measure)
            with self.subTest(verb=verb, door=name, refused=stranger.login):
                self._assert_refused(make(), stranger, door)
            if name == "button" and words and "solution" in words:
                continue  # the dialog of solving is for one
            with self.subTest(verb=verb, door=name, many=True):
                tickets = make() | make()
                for found in self._walk(tickets, lambda: door(tickets, user)):  # noqa: B023
                    self.assertEqual(found, measure)

    def _assert_refused(self, ticket, user, door):
        before = self._get_fingerprint(ticket, 0)
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            door(ticket, user)
            self.env.flush_all()
        self.assertGreater(len(str(caught.exception)), 20, "no sentence")
        self.env.invalidate_all()
        self.assertEqual(self._get_fingerprint(ticket, 0), before)

    def _assert_asks(self, verb, make, user, values):
        """A drag that needs words opens the dialog of the verb and changes nothing."""
        ticket = make()
        before = self._get_fingerprint(ticket, 0)
        with self.assertRaises(NeedsWords) as caught, self.env.cr.savepoint():
            self._by_write(ticket, user, values)
        action = self.env.ref(f"helpdesk_ntr.ntr_ticket_{verb}_action")
        self.assertEqual(caught.exception.args[1], action.id)
        self.env.invalidate_all()
        self.assertEqual(self._get_fingerprint(ticket, 0), before)

    def _by_dialog(self, tickets, user, dialog, action, values):
        """A dialog of its own, which is not that of the reasons."""
        wizard = Form(
            self.env[dialog]
            .with_user(user)
            .with_context(active_id=tickets[:1].id, active_ids=tickets.ids)
        )
        for name, value in values.items():
            setattr(wizard, name, value)
        getattr(wizard.save(), action)()

    def _assert_same_at(self, doors, make, user, stranger):
        """The same at each of these doors, and refused to a stranger."""
        measure = None
        for name, door in doors.items():
            with self.subTest(door=name):
                ticket = make()
                [found] = self._walk(ticket, lambda: door(ticket, user))  # noqa: B023
                measure = measure or found
                self.assertTrue(found[1], "nothing in the ledger")
                self.assertEqual(found, measure)
            with self.subTest(door=name, refused=stranger.login):
                self._assert_refused(make(), stranger, door)

    # ------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------

    def test_take(self):
        self._assert_doors(
            "take",
            self._new,
            self.engineer,
            self.finance,
            values={"stage_id": self._stage("open").id},
        )

    def test_take_by_the_field(self):
        measure = self._walk(
            ticket := self._new(), lambda: ticket.with_user(self.engineer).take()
        )
        ticket = self._new()
        self.assertEqual(
            self._walk(
                ticket,
                lambda: self._by_write(
                    ticket, self.engineer, {"user_id": self.engineer.id}
                ),
            ),
            measure,
        )

    def test_assign(self):
        values = {"user_id": self.engineer2.id}
        for door in (
            lambda t, u: self._by_method(t, u, "assign", [self.engineer2.id]),
            lambda t, u: self._by_api(t, u, "assign", [self.engineer2.id]),
            lambda t, u: self._by_write(t, u, values),
        ):
            tickets = self._new() | self._new()
            for found in self._walk(
                tickets,
                lambda: door(tickets, self.dispatcher),  # noqa: B023
            ):
                self.assertEqual(found[0]["user_id"], self.engineer2)
                self.assertEqual(
                    found[1], [("assigned", self.dispatcher.partner_id, False)]
                )
            self._assert_refused(self._new(), self.engineer, door)

    def test_wait_for(self):
        self._assert_doors(
            "wait_for",
            self._open,
            self.engineer,
            self.finance,
            arguments=("internal",),
            words={"waiting_on": "internal"},
            values={"stage_id": self._stage("waiting", "internal").id},
        )

    def test_ask(self):
        self._assert_doors(
            "ask",
            self._open,
            self.engineer,
            self.finance,
            arguments=("Which colour is the lamp?",),
            words={"reason": "Which colour is the lamp?"},
        )

    def test_resume(self):
        self._assert_doors(
            "resume",
            self._waiting,
            self.engineer,
            self.finance,
            values={"stage_id": self._stage("open").id},
        )

    def test_pass_on(self):
        self._assert_doors(
            "pass_on",
            self._open,
            self.engineer,
            self.finance,
            arguments=(self.line3.id, "Beyond me"),
            words={"line_id": self.line3, "reason": "Beyond me"},
        )
        self._assert_asks(
            "pass_on", self._open, self.engineer, {"line_id": self.line3.id}
        )

    def test_return_back(self):
        self._assert_doors(
            "return_back",
            self._handed_over,
            self.engineer,
            self.finance,
            arguments=("Ask for the model first",),
            words={"reason": "Ask for the model first"},
        )

    def test_solve(self):
        self._assert_doors(
            "solve",
            self._solvable,
            self.engineer,
            self.finance,
            words={"solution": "<p>Replaced the roller</p>"},
            values={"stage_id": self._stage("solved").id},
        )
        self._assert_asks(
            "solve",
            self._open,
            self.engineer,
            {"stage_id": self._stage("solved").id},
        )

    def test_confirm(self):
        self._assert_doors("confirm", self._solved, self.dispatcher, self.engineer)

    def test_reject_solution(self):
        self._assert_doors(
            "reject_solution",
            self._solved,
            self.engineer,
            self.finance,
            arguments=("Stripes again",),
            words={"reason": "Stripes again"},
        )
        self._assert_asks(
            "reject_solution",
            self._solved,
            self.engineer,
            {"stage_id": self._stage("open").id},
        )

    def test_close(self):
        self._assert_doors(
            "close",
            self._solved,
            self.coordinator,
            self.finance,
            values={"stage_id": self._stage("closed").id},
        )

    def test_close_without_the_right_of_the_line(self):
        self.line2.may_close = False
        for door in (
            lambda t, u: self._by_method(t, u, "close", []),
            lambda t, u: self._by_api(t, u, "close", []),
            lambda t, u: self._by_button(t, u, "close", None),
            lambda t, u: self._by_write(t, u, {"stage_id": self._stage("closed").id}),
        ):
            self._assert_refused(self._solved(), self.engineer, door)

    def test_reopen(self):
        self._assert_doors(
            "reopen",
            self._closed,
            self.engineer,
            self.finance,
            arguments=("Stripes again",),
            words={"reason": "Stripes again"},
        )
        self._assert_asks(
            "reopen", self._closed, self.engineer, {"stage_id": self._stage("open").id}
        )

    def test_cancel(self):
        self._assert_doors(
            "cancel",
            self._new,
            self.dispatcher,
            self.engineer,
            arguments=("Advertising", "spam"),
            words={"outcome": "spam", "reason": "Advertising"},
        )
        self._assert_asks(
            "cancel",
            self._new,
            self.dispatcher,
            {"stage_id": self._stage("cancelled").id},
        )

    def test_refuse(self):
        self._assert_doors(
            "cancel",
            self._new,
            self.coordinator,
            self.engineer,
            arguments=("Not our client", "refused"),
            words={"outcome": "refused", "reason": "Not our client"},
        )
        self._assert_refused(
            self._new(),
            self.dispatcher,
            lambda t, u: self._by_api(t, u, "refuse", ["Not our client"]),
        )

    def test_ask_refusal(self):
        self._assert_doors(
            "ask_refusal",
            self._new,
            self.dispatcher,
            self.engineer,
            arguments=("Not our client",),
            words={
                "opens": "cancel",
                "outcome": "refused",
                "reason": "Not our client",
            },
        )

    def test_set_priority(self):
        self._assert_doors(
            "set_priority",
            self._judged,
            self.engineer,
            self.finance,
            arguments=("3", "The director asks"),
            words={"priority": "3", "reason": "The director asks"},
        )
        self._assert_asks(
            "set_priority", self._judged, self.engineer, {"priority": "3"}
        )

    def test_move_to(self):
        """The bar of stages in the form writes the stage, as a drag does."""
        stage = self.env["ntr.ticket.stage"].create(
            {"name": "In the workshop", "state": "open", "sequence": 25}
        )
        for door in (
            lambda t, u: self._by_method(t, u, "move_to", [stage.id]),
            lambda t, u: self._by_api(t, u, "move_to", [stage.id]),
            lambda t, u: self._by_write(t, u, {"stage_id": stage.id}),
        ):
            tickets = self._open() | self._open()
            for found in self._walk(tickets, lambda: door(tickets, self.engineer)):  # noqa: B023
                self.assertEqual(found[0]["stage_id"], stage)
                self.assertEqual(found[1], [("moved", self.engineer.partner_id, False)])
            self._assert_refused(self._open(), self.finance, door)

    def test_ended_is_refused_at_each_door(self):
        """What is over is not taken, given, waited for or solved, whatever the door."""
        for verb, user, arguments, values in (
            ("take", self.engineer, [], None),
            (
                "assign",
                self.dispatcher,
                [self.engineer2.id],
                {"user_id": self.engineer2.id},
            ),
            (
                "wait_for",
                self.engineer,
                ["internal"],
                {"stage_id": self._stage("waiting", "internal").id},
            ),
            ("solve", self.engineer, ["Again", self.cause.id], None),
            (
                "pass_on",
                self.engineer,
                [self.line3.id, "Beyond me"],
                {"line_id": self.line3.id},
            ),
            ("resume", self.engineer, [], None),
        ):
            doors = [
                lambda t, u: self._by_method(t, u, verb, arguments),  # noqa: B023
                lambda t, u: self._by_api(t, u, verb, arguments),  # noqa: B023
            ]
            if values:
                doors.append(lambda t, u: self._by_write(t, u, values))  # noqa: B023
            for door in doors:
                with self.subTest(verb=verb):
                    self._assert_refused(self._closed(), user, door)

    def test_all_or_nothing(self):
        """Of many, one that cannot be done keeps all as they were."""
        fine, ended = self._open(), self._closed()
        tickets = fine | ended
        for door in (
            lambda: self._by_method(tickets, self.engineer, "wait_for", ["internal"]),
            lambda: self._by_api(tickets, self.engineer, "wait_for", ["internal"]),
            lambda: self._by_write(
                tickets,
                self.engineer,
                {"stage_id": self._stage("waiting", "internal").id},
            ),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                door()
            self.env.invalidate_all()
            self.assertEqual((fine.state, ended.state), ("open", "closed"))

    def test_outsiders_have_no_door(self):
        """A colleague of another team does nothing with what he does not see."""
        for verb, arguments in (("take", []), ("wait_for", ["internal"])):
            for door in (self._by_method, self._by_api):
                with self.assertRaises(UserError):
                    door(self._new(), self.stranger, verb, arguments)

    def test_merge_into(self):
        master = self._new()
        self._assert_same_at(
            {
                "method": lambda t, u: self._by_method(t, u, "merge_into", [master.id]),
                "api": lambda t, u: self._by_api(t, u, "merge_into", [master.id]),
                "dialog": lambda t, u: self._by_dialog(
                    t,
                    u,
                    "ntr.ticket.merge.wizard",
                    "action_merge",
                    {"master_id": master},
                ),
            },
            self._new,
            self.engineer,
            self.finance,
        )

    def test_unmerge(self):
        master = self._new()

        def merged():
            ticket = self._new()
            ticket.with_user(self.dispatcher).merge_into(master.id)
            return ticket

        self._assert_same_at(
            {
                "method": lambda t, u: self._by_method(t, u, "unmerge", []),
                "api": lambda t, u: self._by_api(t, u, "unmerge", []),
                "button": lambda t, u: self._by_button(t, u, "unmerge", None),
            },
            merged,
            self.engineer,
            self.finance,
        )

    def test_plan_visit(self):
        start, stop = "2099-03-02 07:00:00", "2099-03-02 09:00:00"
        arguments = [start, stop, self.engineer2.id, "Lenina 5"]

        def by_calendar(ticket, user):
            self.env["calendar.event"].with_user(user).create(
                {
                    "name": "Visit",
                    "start": start,
                    "stop": stop,
                    "user_id": self.engineer2.id,
                    "location": "Lenina 5",
                    "ntr_ticket_id": ticket.id,
                }
            )

        self._assert_same_at(
            {
                "method": lambda t, u: self._by_method(t, u, "plan_visit", arguments),
                "api": lambda t, u: self._by_api(t, u, "plan_visit", arguments),
                "dialog": lambda t, u: self._by_dialog(
                    t,
                    u,
                    "ntr.ticket.visit.wizard",
                    "action_plan",
                    {"user_id": self.engineer2, "start": start, "location": "Lenina 5"},
                ),
                "calendar": by_calendar,
            },
            self._new,
            self.engineer,
            self.finance,
        )
