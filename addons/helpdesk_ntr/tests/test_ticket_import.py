from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import HelpdeskCase

NOW = "2026-06-15 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestTicketImport(HelpdeskCase):
    """The door for tickets of the past."""

    def _row(self, **values):
        return {
            "name": "Stripes on labels",
            "description": "E03 <again>\nSince morning",
            "partner_id": self.client.id,
            "team_id": self.team.id,
            "user_id": self.engineer.id,
            "kind_id": self.incident.id,
            "cause_id": self.cause.id,
            "channel_id": self.env["ntr.channel"]._get_id("email"),
            "solution": "Cleaned the head",
            "state": "closed",
            "created_at": "2025-03-03 06:00:00",
            "assigned_at": "2025-03-03 06:30:00",
            "first_response_at": "2025-03-03 07:00:00",
            "solved_at": "2025-03-04 10:00:00",
            "closed_at": "2025-03-05T09:00:00Z",
            **values,
        }

    def _import(self, *rows):
        door = self.env["ntr.ticket"].with_user(self.admin)
        ids = door.import_history(list(rows))
        return self.env["ntr.ticket"].browse(ids)

    def _refusal(self, *rows):
        with self.assertRaises(ValidationError) as caught:
            self._import(*rows)
        return str(caught.exception)

    def test_times_are_as_told(self):
        ticket = self._import(self._row())
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "closed")
        self.assertEqual(ticket.create_date, datetime(2025, 3, 3, 6))
        self.assertEqual(ticket.assigned_at, datetime(2025, 3, 3, 6, 30))
        self.assertEqual(ticket.first_response_at, datetime(2025, 3, 3, 7))
        self.assertEqual(ticket.first_solved_at, datetime(2025, 3, 4, 10))
        self.assertEqual(ticket.solved_at, datetime(2025, 3, 4, 10))
        self.assertEqual(ticket.closed_at, datetime(2025, 3, 5, 9))
        self.assertEqual(ticket.date_last_stage_update, datetime(2025, 3, 5, 9))
        self.assertEqual(ticket.last_event_at, datetime(2025, 3, 5, 9))
        self.assertFalse(ticket.unanswered_since)
        self.assertFalse(ticket.close_due_at)
        self.assertEqual(ticket.commercial_partner_id, self.firm)
        self.assertEqual(ticket.line_id, self.line1)
        self.assertEqual(ticket.coordinator_id, self.coordinator)

    def test_number_carries_the_year_of_the_ticket(self):
        ticket = self._import(self._row())
        self.assertTrue(ticket.number.startswith("HD-2025-"), ticket.number)

    def test_ledger(self):
        ticket = self._import(self._row())
        self.assertEqual(
            self._types(ticket), ["imported", "taken", "reply", "solved", "closed"]
        )
        imported, taken, reply, solved, closed = ticket.event_ids.sorted("id")
        self.assertEqual(imported.at, ticket.create_date)
        self.assertEqual(imported.actor_id, self.admin.partner_id)
        self.assertEqual(imported.changes["state"], [False, "new"])
        self.assertNotIn("user_id", imported.changes)
        self.assertEqual(taken.changes["state"], ["new", "open"])
        self.assertEqual(taken.changes["user_id"], [False, self.engineer.id])
        self.assertEqual(taken.actor_id, self.engineer.partner_id)
        self.assertEqual((reply.seconds, reply.work_seconds), (1800, 1800))
        self.assertEqual(reply.audience, "client")
        self.assertEqual(solved.changes["cause_id"], [False, self.cause.id])
        self.assertEqual(closed.changes["state"], ["solved", "closed"])

    def test_ledger_ends_where_the_ticket_stands(self):
        rows = [
            self._row(),
            self._row(
                state="open",
                solved_at=None,
                closed_at=None,
                first_solved_at="2025-03-03 08:00:00",
                reopened_at="2025-03-03 09:00:00",
            ),
            self._row(
                state="waiting",
                waiting_on="client",
                waiting_since="2025-03-03 09:00:00",
                solved_at=None,
                closed_at=None,
            ),
            self._row(state="open", assigned_at=None, solved_at=None, closed_at=None),
            self._row(solved_at=None),
            self._row(state="cancelled", closed_at=None, cancelled_at="2025-04-01"),
        ]
        for ticket in self._import(*rows):
            standing = {}
            for event in ticket.event_ids.sorted(lambda event: (event.at, event.id)):
                for name, (old, new) in (event.changes or {}).items():
                    self.assertEqual(standing.get(name, False), old, name)
                    standing[name] = new
            for name, value in ticket._get_ledger_values().items():
                self.assertEqual(standing.get(name, False), value, name)

    def test_nobody_is_told(self):
        before = self.env["mail.mail"].search_count([])
        ticket = self._import(
            self._row(messages=[{"at": "2025-03-03 06:10:00", "body": "Hello?"}])
        )
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertFalse(self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)]))
        self.assertFalse(ticket.message_ids.notification_ids)
        self.assertFalse(ticket.message_follower_ids)
        self.assertEqual(len(ticket.message_ids), 1)

    def test_conversation(self):
        ticket = self._import(
            self._row(
                first_response_at=None,
                messages=[
                    {
                        "at": "2025-03-03 08:00:00",
                        "author_id": self.engineer.partner_id.id,
                        "body": "Which label <size>?",
                    },
                    {
                        "at": "2025-03-03 07:00:00",
                        "author_id": self.engineer.partner_id.id,
                        "body": "Ask the supplier",
                        "audience": "staff",
                    },
                    {"at": "2025-03-03 09:00:00", "body": "58 mm"},
                ],
            )
        )
        self.assertEqual(
            self._types(ticket),
            [
                "imported",
                "taken",
                "note",
                "reply",
                "client_message",
                "solved",
                "closed",
            ],
        )
        self.assertEqual(ticket.first_response_at, datetime(2025, 3, 3, 8))
        said = ticket.message_ids.sorted("date")
        self.assertEqual(said.mapped("ntr_audience"), ["staff", "client", "client"])
        self.assertEqual(said.mapped("is_internal"), [True, False, False])
        self.assertIn("&lt;size&gt;", said[1].body)
        self.assertEqual(said[2].email_from, self.client.email)
        self.assertEqual(
            ticket.event_ids.filtered("message_id").message_id, ticket.message_ids
        )

    def test_running_ticket_goes_on(self):
        ticket = self._import(
            self._row(
                state="open",
                solved_at=None,
                closed_at=None,
                messages=[{"at": "2026-06-14 07:00:00", "body": "Well?"}],
            )
        )
        self.assertEqual(ticket.unanswered_since, datetime(2026, 6, 14, 7))
        self.assertEqual(ticket.message_partner_ids, self.engineer.partner_id)
        ticket.with_user(self.engineer).solve("Replaced", self.cause.id)
        self.assertEqual(ticket.state, "solved")
        self.assertEqual(ticket.solved_at, datetime(2026, 6, 15, 12))

    def test_solved_ticket_closes_by_itself_from_now(self):
        ticket = self._import(self._row(state="solved", closed_at=None))
        self.assertEqual(ticket.waiting_on, "client")
        self.assertGreater(ticket.close_warning_at, datetime(2026, 6, 15, 12))

    def test_spoken_channel_answers(self):
        phone = self.env["ntr.channel"]._get_id("phone")
        ticket = self._import(self._row(channel_id=phone, first_response_at=None))
        self.assertEqual(ticket.first_response_at, ticket.create_date)
        self.assertNotIn("reply", self._types(ticket))

    def test_reopened(self):
        ticket = self._import(
            self._row(
                first_solved_at="2025-03-03 08:00:00",
                reopened_at="2025-03-03 09:00:00",
            )
        )
        self.assertEqual(ticket.reopen_count, 1)
        self.assertEqual(ticket.first_solved_at, datetime(2025, 3, 3, 8))
        self.assertEqual(ticket.solved_at, datetime(2025, 3, 4, 10))
        types = self._types(ticket)
        self.assertEqual(types.count("solved"), 2)
        self.assertLess(types.index("reopened"), len(types) - 2)

    def test_rating(self):
        ticket = self._import(
            self._row(rating=4, feedback="Fast", rated_at="2025-03-06 09:00:00")
        )
        self.assertEqual(ticket.rating_ids.rating, 4)
        self.assertTrue(ticket.rating_ids.consumed)
        self.assertEqual(ticket.rating_ids.rated_partner_id, self.engineer.partner_id)
        self.assertEqual(ticket.rating_ids.rated_on, datetime(2025, 3, 6, 9))
        self.assertEqual(ticket.rating_last_value, 4)
        rated = ticket.event_ids.filtered(lambda event: event.type == "rated")
        self.assertEqual((rated.at, rated.reason), (datetime(2025, 3, 6, 9), "Fast"))

    def test_plain_texts_are_escaped(self):
        ticket = self._import(self._row())
        self.assertIn("E03 &lt;again&gt;<br", ticket.description)

    def test_zone(self):
        ticket = self._import(self._row(created_at="2025-03-03T09:00:00+03:00"))
        self.assertEqual(ticket.create_date, datetime(2025, 3, 3, 6))

    def test_rows_of_the_caller_stay_as_they_are(self):
        row = self._row(messages=[{"at": "2025-03-03 06:10:00", "body": "Hello?"}])
        copy = dict(row, messages=[dict(row["messages"][0])])
        self._import(row)
        self.assertEqual(row, copy)

    def test_own_number(self):
        ticket = self._import(self._row(number="OLD-17"))
        self.assertEqual(ticket.number, "OLD-17")
        self.assertIn("OLD-17", self._refusal(self._row(number="OLD-17")))
        twice = self._row(number="OLD-18")
        self.assertIn("OLD-18", self._refusal(twice, dict(twice)))

    def test_right(self):
        for user in (self.director, self.dispatcher, self.finance, self.external):
            with self.assertRaises(AccessError):
                self.env["ntr.ticket"].with_user(user).import_history([self._row()])

    def test_wrong_rows_are_named(self):
        before = self.env["ntr.ticket"].search_count([])
        for wrong, words in (
            ({"colour": "red"}, ["Row 2", "colour"]),
            ({"name": ""}, ["Row 2", "name is missing"]),
            ({"state": "done"}, ["Row 2", "state cannot be done"]),
            ({"priority": "9"}, ["priority cannot be 9"]),
            ({"rating": 7}, ["rating cannot be 7"]),
            ({"created_at": "yesterday"}, ["created_at is no time: yesterday"]),
            ({"closed_at": "2027-01-01"}, ["closed_at lies in the future"]),
            ({"closed_at": "2025-03-04"}, ["closed_at lies before solved_at"]),
            ({"first_response_at": "2024-01-01"}, ["before created_at"]),
            ({"closed_at": None}, ["closed needs closed_at"]),
            ({"state": "open"}, ["open cannot have closed_at"]),
            ({"reopened_at": "2025-03-04 08:00:00"}, ["belong together"]),
            ({"partner_id": 10**8}, ["there is no partner_id 100000000"]),
            ({"partner_id": "Ivan"}, ["partner_id must be a whole number"]),
            (
                {"line_id": self.env.ref("helpdesk_ntr.ntr_support_line_first").id},
                ["does not belong to team Test desk"],
            ),
            (
                {"stage_id": self.env.ref("helpdesk_ntr.ntr_ticket_stage_new").id},
                ["none of Test desk that means closed"],
            ),
            ({"messages": [{"at": "2025-03-03 06:10:00"}]}, ["body is missing"]),
            (
                {"messages": [{"at": "2024-03-03 06:10:00", "body": "x"}]},
                ["a message is older than the ticket"],
            ),
        ):
            with self.subTest(wrong=wrong):
                refusal = self._refusal(self._row(), self._row(**wrong))
                for word in words:
                    self.assertIn(word, refusal)
        self.assertEqual(self.env["ntr.ticket"].search_count([]), before)
