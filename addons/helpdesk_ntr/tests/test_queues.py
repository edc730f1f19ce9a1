from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged

from .common import HelpdeskCase

FRIDAY_EVENING = "2026-03-06 13:00:00"  # 16:00 in Moscow, an hour before closing


@tagged("post_install", "-at_install")
class TestQueues(HelpdeskCase):
    """Ready filters and their numbers (S120-S123)."""

    def _mailed(self, at):
        with freeze_time(at):
            return self._receive(self._mail(Message_ID=f"<{at}@romashka.example>"))

    def _found(self, tickets, *domain, user=None):
        return (
            self.env["ntr.ticket"]
            .with_user(user or self.dispatcher)
            .search([*domain, ("id", "in", tickets.ids)])
            .sudo(False)
            .with_user(self.env.user)
        )

    def test_hours_are_the_teams_working_hours(self):
        ticket = self._mailed(FRIDAY_EVENING)
        for at, hours, is_found in (
            ("2026-03-06 13:59:00", 1, False),
            ("2026-03-06 14:00:00", 1, True),
            ("2026-03-08 12:00:00", 4, False),
            ("2026-03-09 08:59:00", 4, False),
            ("2026-03-09 09:00:00", 4, True),
            ("2026-03-09 13:00:00", 8, True),
        ):
            with freeze_time(at):
                found = self._found(ticket, ("no_reaction_hours", ">=", hours))
                self.assertEqual(bool(found), is_found, (at, hours))
                ticket.invalidate_recordset(["no_reaction_hours"])
                self.assertEqual(ticket.no_reaction_hours >= hours, is_found)

    def test_each_calendar_counts_for_its_own_teams(self):
        always = self.team.copy(
            {"alias_name": "day-and-night", "resource_calendar_id": False}
        )
        always.company_id.resource_calendar_id = self.calendar
        night = self.env["resource.calendar"].create(
            {
                "name": "Day and night",
                "tz": "Europe/Moscow",
                "attendance_ids": [(5,)]
                + [
                    (
                        0,
                        0,
                        {"name": "Day", "dayofweek": str(day), "hour_to": 24},
                    )
                    for day in range(7)
                ],
            }
        )
        always.resource_calendar_id = night
        ticket = self._mailed(FRIDAY_EVENING)
        with freeze_time(FRIDAY_EVENING):
            other = self._ticket(
                team_id=self.team.id,
                channel_id=self.env.ref("helpdesk_ntr.ntr_channel_email").id,
            )
            other._write_values({"team_id": always.id})
        with freeze_time("2026-03-07 13:00:00"):
            found = self._found(
                ticket | other, ("no_reaction_hours", ">=", 24), user=self.director
            )
        self.assertEqual(found, other)

    def test_answer_ends_it(self):
        ticket = self._mailed(FRIDAY_EVENING)
        with freeze_time("2026-03-10 13:00:00"):
            self.assertTrue(self._found(ticket, ("no_reaction_hours", ">=", 4)))
            ticket.with_user(self.dispatcher).message_post(
                body="We look into it",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            self.assertFalse(self._found(ticket, ("no_reaction_hours", ">=", 4)))
            self.assertTrue(self._found(ticket, ("no_reaction_hours", "<", 4)))

    def test_solved_is_not_without_reaction(self):
        ticket = self._mailed(FRIDAY_EVENING)
        with freeze_time("2026-03-10 13:00:00"):
            ticket.with_user(self.engineer).take()
            ticket.with_user(self.engineer).solve("Done", self.cause.id)
            self.assertFalse(self._found(ticket, ("no_reaction_hours", ">=", 1)))

    def test_late_is_what_the_team_says(self):
        self.team.reaction_hours = 2.5
        ticket = self._mailed(FRIDAY_EVENING)
        with freeze_time("2026-03-09 07:29:00"):
            self.assertFalse(self._found(ticket, ("is_late", "=", True)))
            self.assertTrue(self._found(ticket, ("is_late", "=", False)))
        with freeze_time("2026-03-09 07:30:00"):
            self.assertTrue(self._found(ticket, ("is_late", "=", True)))
            self.assertFalse(self._found(ticket, ("is_late", "!=", True)))
            ticket.invalidate_recordset(["is_late"])
            self.assertTrue(ticket.is_late)
        self.team.reaction_hours = 0
        with freeze_time("2026-04-09 07:30:00"):
            self.assertFalse(self._found(ticket, ("is_late", "=", True)), "0 is never")

    def test_silent_client(self):
        self.team.client_wait_days = 2
        with freeze_time(FRIDAY_EVENING):
            ticket = self._ticket()
            ticket.with_user(self.dispatcher).wait_for("client", "the serial number")
            other = self._ticket()
            other.with_user(self.dispatcher).wait_for("supplier", "a part")
        silent = ("is_client_silent", "=", True)
        with freeze_time("2026-03-10 12:59:00"):
            self.assertFalse(self._found(ticket | other, silent))
        with freeze_time("2026-03-10 13:00:00"):
            self.assertEqual(self._found(ticket | other, silent), ticket)

    def test_calendar_that_was_never_open(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Mistyped",
                "calendar_id": self.calendar.id,
                "date_from": "1950-01-01 00:00:00",
                "date_to": "2099-01-01 00:00:00",
            }
        )
        ticket = self._mailed(FRIDAY_EVENING)
        with freeze_time("2026-04-09 07:30:00"):
            self.assertFalse(self._found(ticket, ("no_reaction_hours", ">=", 1)))

    # --- counters

    def _counters(self, user):
        data = self.env["ntr.ticket"].with_user(user).queue_counters()
        return {queue["name"]: queue["counts"] for queue in data["queues"]}

    def test_counters_agree_with_the_filters(self):
        ticket = self._mailed(FRIDAY_EVENING)
        self._mailed("2026-03-09 08:00:00")
        with freeze_time("2026-03-10 09:00:00"):
            ticket.with_user(self.dispatcher).assign(self.engineer.id)
            for user in (self.dispatcher, self.engineer, self.director):
                tickets = self.env["ntr.ticket"].with_user(user)
                scopes, queues = (
                    {it["name"]: it["domain"] for it in rows}
                    for rows in (tickets._get_queue_scopes(), tickets._get_queues())
                )
                for queue, counts in self._counters(user).items():
                    for scope, number in counts.items():
                        domain = (
                            Domain("state", "in", ("new", "open", "waiting"))
                            & queues[queue]
                            & scopes[scope]
                        )
                        self.assertEqual(
                            number, tickets.search_count(domain), (queue, scope)
                        )

    def test_counters_of_each_scope(self):
        with freeze_time("2026-03-10 09:00:00"):
            before = self._counters(self.engineer)["not_ended"]
            taken, on_line, in_team = (self._ticket() for __ in range(3))
            taken.with_user(self.engineer).take()
            taken.with_user(self.dispatcher).pass_on(self.line2.id, "second line")
            on_line.with_user(self.dispatcher).pass_on(self.line2.id, "second line")
            taken.with_user(self.engineer).take()
            after = self._counters(self.engineer)["not_ended"]
        self.assertEqual(
            {name: after[name] - before[name] for name in after},
            {"mine": 1, "my_line": 2, "my_team": 3, "all": 3},
        )
        self.assertTrue(in_team)

    def test_counters_show_only_what_one_may_read(self):
        self._ticket()
        self.assertEqual(set(self._counters(self.stranger)["not_ended"].values()), {0})
        self.assertEqual(set(self._counters(self.external)["not_ended"].values()), {0})

    def test_counters_are_for_colleagues(self):
        portal = new_test_user(
            self.env, "client@desk.example", groups="base.group_portal"
        )
        with self.assertRaises(AccessError):
            self.env["ntr.ticket"].with_user(portal).queue_counters()

    def test_counters_take_three_statements(self):
        self._ticket()
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        tickets.queue_counters()
        self.env.invalidate_all()
        self.env.flush_all()
        with self.assertQueryCount(3):
            tickets.queue_counters()

    # --- filter sets of roles

    def test_filters_of_roles(self):
        common, of_role = self.env["ir.filters"].create(
            [
                {"name": name, "model_id": "ntr.ticket", "user_ids": [(5,)]}
                for name in ("Common", "Of the coordinators")
            ]
        )
        of_role.ntr_group_ids = self.env.ref("helpdesk_ntr.group_coordinator")

        def get_ids(user):
            filters = self.env["ir.filters"].with_user(user).get_filters("ntr.ticket")
            return {it["id"] for it in filters} & {common.id, of_role.id}

        self.assertEqual(get_ids(self.engineer), {common.id})
        self.assertEqual(get_ids(self.coordinator), {common.id, of_role.id})
        self.assertEqual(get_ids(self.director), {common.id, of_role.id})
