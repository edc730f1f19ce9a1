from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import HelpdeskCase, TwoAtOnceCase

CRON = "helpdesk_ntr.ir_cron_recurring_work"
LOGGER = "odoo.addons.helpdesk_ntr.models.ntr_due_mixin"


@tagged("post_install", "-at_install")
class TestRecurringWork(HelpdeskCase):
    """Planned work that comes round makes its tickets ahead of time, once each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit, cls.other_unit = cls.env["ntr.equipment"].create(
            [
                {"name": "Printer", "partner_id": cls.firm.id},
                {"name": "UPS", "partner_id": cls.other_firm.id},
            ]
        )
        cls.company.partner_id.lang = "en_US"
        # those of a demonstration are none of ours
        cls.env["ntr.recurring.work"].search([]).active = False

    def _work(self, **values):
        """Work that the coordinator plans: monthly from 31 January 2026."""
        works = self.env["ntr.recurring.work"].with_user(self.coordinator)
        return works.create(
            {
                "name": "Inspection",
                "team_id": self.team.id,
                "partner_id": self.client.id,
                "next_date": "2026-01-31",
                "on_workdays": False,
                **values,
            }
        ).with_user(self.env.user)

    def _make_due(self):
        """What the scheduled action does, one after the other."""
        works = self.env["ntr.recurring.work"]
        for work in works.search(works._get_due_domain(), order="due_at, id"):
            work._do_due("_make_due")
        self.env.flush_all()

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()

    # ------------------------------------------------------------
    # The ticket
    # ------------------------------------------------------------

    def test_ticket_has_everything_given(self):
        category = self.env["ntr.ticket.category"].create({"name": "Printers"})
        work = self._work(
            description="<p>Clean the heads</p>",
            equipment_id=self.unit.id,
            kind_id=self.incident.id,
            category_id=category.id,
            user_id=self.engineer.id,
            planned_hours=3,
        )
        with self._at("2026-01-31 10:00"):
            self._make_due()
        ticket = work.ticket_ids
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "Inspection",
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                    "partner_id": self.client.id,
                    "equipment_id": self.unit.id,
                    "kind_id": self.incident.id,
                    "category_id": category.id,
                    "user_id": self.engineer.id,
                    "planned_hours": 3,
                    "planned_start": date(2026, 1, 31),
                    "recurring_date": date(2026, 1, 31),
                    "state": "new",
                }
            ],
        )
        self.assertIn("Clean the heads", ticket.description)
        self.assertEqual(work.next_date, date(2026, 2, 28))
        self.assertEqual(work.ticket_count, 1)

    def test_ledger_names_the_channel(self):
        work = self._work(user_id=self.engineer.id)
        with self._at("2026-01-31 10:00"):
            self._make_due()
        self.assertEqual(self._types(work.ticket_ids), ["created", "assigned"])
        created = work.ticket_ids.event_ids.sorted("id")[0]
        self.assertEqual(created.channel_id.code, "planned")
        self.assertEqual(created.changes["planned_start"], [False, "2026-01-31"])

    def test_client_gets_no_letter(self):
        template = self.env["mail.template"].create(
            {
                "name": "Letter",
                "model_id": self.env.ref("helpdesk_ntr.model_ntr_ticket").id,
            }
        )
        category = self.env["ntr.ticket.category"].create(
            {"name": "Letters", "letter_template_id": template.id, "letter_at": "new"}
        )
        work = self._work(category_id=category.id)
        with self._at("2026-01-31 10:00"):
            self._make_due()
        notices = self.env["ntr.notice"].search(
            [("ticket_id", "=", work.ticket_ids.id), ("partner_id", "=", False)]
        )
        self.assertFalse(notices)
        self.assertNotIn("automatic_message", self._types(work.ticket_ids))

    def test_no_client_waits_for_an_answer(self):
        """Nobody asked: such a ticket is not late because we do not answer."""
        work = self._work()
        with self._at("2026-01-31 10:00"):
            self._make_due()
        self.assertFalse(work.ticket_ids.unanswered_since)

    def test_executor_who_may_not_see_it(self):
        work = self._work(user_id=self.stranger.id)
        with self._at("2026-01-31 10:00"):
            self._make_due()
        self.assertFalse(work.ticket_ids.user_id)
        self.assertIn("may not see it", work.ticket_ids.message_ids[0].body)

    def test_executor_who_left(self):
        work = self._work(user_id=self.engineer.id)
        self.engineer.active = False
        with self._at("2026-01-31 10:00"):
            self._make_due()
        self.assertFalse(work.ticket_ids.user_id)

    def test_executor_is_told(self):
        work = self._work(user_id=self.engineer.id)
        with self._at("2026-01-31 10:00"):
            self._make_due()
        told = self.env["mail.message"].search(
            [("model", "=", "ntr.ticket"), ("res_id", "=", work.ticket_ids.id)]
        )
        self.assertIn(self.engineer.partner_id, told.partner_ids)

    def test_category_gives_the_executor_where_none_is_given(self):
        category = self.env["ntr.ticket.category"].create(
            {"name": "Printers", "default_user_id": self.engineer2.id}
        )
        works = self._work(category_id=category.id)
        works |= self._work(category_id=category.id, user_id=self.engineer.id)
        with self._at("2026-01-31 10:00"):
            self._make_due()
        self.assertEqual(
            [work.ticket_ids.user_id for work in works], [self.engineer2, self.engineer]
        )

    # ------------------------------------------------------------
    # When
    # ------------------------------------------------------------

    def test_ahead_of_time(self):
        work = self._work(lead_days=7)
        with self._at("2026-01-23 10:00"):
            self._make_due()
            self.assertFalse(work.ticket_ids)
        with self._at("2026-01-24 10:00"):
            self._make_due()
            self._make_due()
        self.assertEqual(work.ticket_ids.recurring_date, date(2026, 1, 31))
        self.assertEqual(work.next_date, date(2026, 2, 28))

    def test_day_of_the_team(self):
        """At 21:00 UTC the next day begins in Moscow."""
        work = self._work()
        self.assertEqual(
            work.due_at, fields.Datetime.to_datetime("2026-01-30 21:00:00")
        )
        with self._at("2026-01-30 20:59:59"):
            self._make_due()
            self.assertFalse(work.ticket_ids)
        with self._at("2026-01-30 21:00:00"):
            self._make_due()
        self.assertTrue(work.ticket_ids)

    def test_another_zone_of_the_team(self):
        work = self._work()
        self.calendar.tz = "Asia/Vladivostok"
        self.assertEqual(
            work.due_at, fields.Datetime.to_datetime("2026-01-30 14:00:00")
        )

    def test_month_ends(self):
        work = self._work()
        for day in ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"):
            with self._at(f"{day} 10:00"):
                self._make_due()
        self.assertEqual(
            work.ticket_ids.sorted("id").mapped("recurring_date"),
            [
                date(2026, 1, 31),
                date(2026, 2, 28),
                date(2026, 3, 31),
                date(2026, 4, 30),
            ],
        )
        self.assertEqual(work.next_date, date(2026, 5, 31))

    def test_day_off(self):
        """31 January is a Saturday, and the team has a holiday on Monday."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": "2026-02-01 21:00:00",
                "date_to": "2026-02-02 20:59:59",
            }
        )
        work = self._work(on_workdays=True)
        with self._at("2026-01-31 10:00"):
            self._make_due()
        ticket = work.ticket_ids
        self.assertEqual(ticket.planned_start, date(2026, 2, 3))
        self.assertEqual(ticket.recurring_date, date(2026, 1, 31))
        self.assertEqual(work.next_date, date(2026, 2, 28), "counted as before")

    def test_day_off_of_a_team_that_never_works(self):
        self.calendar.attendance_ids.unlink()
        work = self._work(on_workdays=True)
        with self._at("2026-01-31 10:00"):
            self._make_due()
        self.assertEqual(work.ticket_ids.planned_start, date(2026, 1, 31))

    def test_server_was_off(self):
        """One ticket for the latest date, with a word about the others."""
        work = self._work()
        with self._at("2026-04-15 10:00"):
            self._make_due()
            self._make_due()
        ticket = work.ticket_ids
        self.assertEqual(ticket.recurring_date, date(2026, 3, 31))
        self.assertEqual(work.next_date, date(2026, 4, 30))
        body = ticket.message_ids[0].body
        self.assertIn("without a ticket: 2, the last of them on 02/28/2026", body)

    def test_one_date_late_is_no_word_worth(self):
        work = self._work()
        with self._at("2026-02-03 10:00"):
            self._make_due()
        self.assertEqual(work.ticket_ids.recurring_date, date(2026, 1, 31))
        bodies = "".join(work.ticket_ids.message_ids.mapped("body"))
        self.assertNotIn("without a ticket", bodies)

    def test_lead_longer_than_the_period(self):
        """Each date has its ticket, days that are still to come are not passed over."""
        work = self._work(interval_type="week", lead_days=14)
        with self._at("2026-01-31 10:00"):
            for __ in range(4):
                self._make_due()
        self.assertEqual(
            work.ticket_ids.sorted("id").mapped("recurring_date"),
            [date(2026, 1, 31), date(2026, 2, 7), date(2026, 2, 14)],
        )

    def test_last_day(self):
        work = self._work(end_date="2026-02-28")
        for day in ("2026-01-31", "2026-02-28", "2026-03-31"):
            with self._at(f"{day} 10:00"):
                self._make_due()
        self.assertEqual(len(work.ticket_ids), 2)
        self.assertFalse(work.due_at)

    def test_after_the_last_day_nothing_is_made(self):
        work = self._work(end_date="2026-02-10")
        for moment in ("2026-02-10 21:00", "2026-02-12 10:00"):
            with self._at(moment):
                self._make_due()
        self.assertFalse(work.ticket_ids)
        with self._at("2026-02-12 10:00"), self.assertRefused("ended on 02/10/2026"):
            work.make_now()

    def test_archived_makes_nothing(self):
        work = self._work(active=False)
        with self._at("2026-01-31 10:00"):
            self._make_due()
            with self.assertRefused("archived"):
                work.make_now()
        self.assertFalse(work.ticket_ids)

    def test_what_has_to_wait_stays_due(self):
        work = self._work()
        self.patch(type(work), "_is_to_be_made", lambda work: False)
        with self._at("2026-01-31 10:00"):
            self._make_due()
        self.assertFalse(work.ticket_ids or work.due_failure)
        self.assertEqual(work.next_date, date(2026, 1, 31))

    def test_scheduled_action(self):
        today = fields.Date.today()
        due = self._work(next_date=today)
        later = self._work(next_date=today + timedelta(days=9), lead_days=7)
        self._run_cron()
        self._run_cron()
        self.assertEqual(len(due.ticket_ids), 1)
        self.assertFalse(later.ticket_ids)
        self.assertFalse(due.ticket_ids.create_uid - self.env.ref("base.user_root"))

    def test_statements(self):
        """Each of many costs as much as each of few."""
        costs = {}
        for number in (1, 10, 50):
            for __ in range(number):
                self._work(next_date=fields.Date.today(), user_id=self.engineer.id)
            self.env.flush_all()
            before = self.cr.sql_log_count
            self._run_cron()
            costs[number] = self.cr.sql_log_count - before
        each = (costs[50] - costs[10]) / 40
        self.assertLessEqual(each, 65, costs)
        self.assertLessEqual(costs[50], 1.2 * 50 / 10 * costs[10], costs)

    # ------------------------------------------------------------
    # Once each
    # ------------------------------------------------------------

    def test_database_refuses_a_second_ticket(self):
        work = self._work()
        with self._at("2026-01-31 10:00"):
            self._make_due()
            values = work._prepare_ticket_values(date(2026, 1, 31))
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                with self.cr.savepoint():
                    self.env["ntr.ticket"]._create_tickets([values])

    def test_link_is_not_written_by_hand(self):
        work = self._work()
        with self.assertRefused("cannot be set by hand"):
            self._ticket(recurring_work_id=work.id)
        with self.assertRefused("cannot be set by hand"):
            self._ticket().recurring_date = "2026-01-31"

    def test_copy_of_a_ticket_is_no_recurring_one(self):
        work = self._work()
        with self._at("2026-01-31 10:00"):
            self._make_due()
        self.assertFalse(work.ticket_ids.copy().recurring_work_id)

    # ------------------------------------------------------------
    # Set aside
    # ------------------------------------------------------------

    def test_unit_of_another_client_is_refused(self):
        with self.assertRefused("does not belong to client"):
            self._work(equipment_id=self.other_unit.id)

    def test_unit_that_was_sold_sets_aside(self):
        sold = self._work(equipment_id=self.unit.id)
        other = self._work()
        self.unit.partner_id = self.other_firm
        with self._at("2026-01-31 10:00"), self.assertLogs(LOGGER, "ERROR"):
            self._make_due()
        self.assertFalse(sold.ticket_ids)
        self.assertIn("does not belong to client", sold.due_failure)
        self.assertTrue(other.ticket_ids, "holds up no other")
        with self._at("2026-02-01 10:00"):
            self._make_due()
        self.assertFalse(sold.ticket_ids, "is not tried again by itself")

    def test_archived_client_sets_aside(self):
        work = self._work(partner_id=self.outsider.id)
        self.outsider.active = False
        with self._at("2026-01-31 10:00"), self.assertLogs(LOGGER, "ERROR"):
            self._make_due()
        self.assertIn("is archived", work.due_failure)

    def test_coordinator_tries_again(self):
        work = self._work(equipment_id=self.unit.id)
        self.unit.active = False
        with self._at("2026-01-31 10:00"), self.assertLogs(LOGGER, "ERROR"):
            self._make_due()
        self.unit.active = True
        with self.assertRaises(AccessError):
            work.with_user(self.dispatcher).action_retry_due()
        work.with_user(self.coordinator).action_retry_due()
        with self._at("2026-02-01 10:00"):
            self._make_due()
        self.assertEqual(len(work.ticket_ids), 1)
        self.assertFalse(work.due_failure)

    def test_failure_is_not_written_by_hand(self):
        work = self._work().with_user(self.coordinator)
        for name in ("due_failure", "due_at", "anchor_date"):
            with self.assertRefused("cannot be set by hand"):
                work[name] = False

    # ------------------------------------------------------------
    # Now
    # ------------------------------------------------------------

    def test_make_now(self):
        work = self._work(lead_days=7)
        with self._at("2026-01-05 10:00"):
            ticket_id = work.with_user(self.dispatcher).make_now()
        ticket = work.ticket_ids
        self.assertEqual(ticket.id, ticket_id)
        self.assertEqual(ticket.recurring_date, date(2026, 1, 31))
        self.assertEqual(work.next_date, date(2026, 2, 28))
        created = ticket.event_ids.sorted("id")[0]
        self.assertEqual(created.actor_id, self.dispatcher.partner_id)
        with self._at("2026-01-31 10:00"):
            self._make_due()
        self.assertEqual(work.ticket_ids, ticket, "its date has its ticket")

    def test_make_now_after_a_failure(self):
        work = self._work(equipment_id=self.unit.id)
        work._set_due_aside("No")
        work.with_user(self.coordinator).make_now()
        self.assertFalse(work.due_failure)

    def test_make_now_with_an_obstacle(self):
        work = self._work(equipment_id=self.unit.id)
        self.unit.active = False
        with self.assertRefused("“Printer” is archived"):
            work.with_user(self.dispatcher).make_now()

    def test_make_now_needs_a_dispatcher(self):
        work = self._work()
        for user in (self.engineer, self.finance):
            with self.assertRaises(AccessError):
                work.with_user(user).make_now()

    def test_make_now_of_another_team(self):
        team = self.team.copy({"name": "Other", "alias_name": False})
        team.coordinator_id = False
        work = self._work()
        work.team_id = team
        with self.assertRaises(AccessError):
            work.with_user(self.dispatcher).make_now()

    def test_make_now_for_a_client_who_may_not_ask(self):
        other = self.team.copy({"name": "Other", "alias_name": False})
        self.firm.ntr_team_ids = other
        with self.assertRaises(ValidationError):
            self._work().with_user(self.dispatcher).make_now()

    def test_button_pressed_twice(self):
        """What stands on the screen is made, and not the one after it."""
        work = self._work().with_user(self.dispatcher)
        pressed = work.with_context(shown_date="2026-01-31")
        action = pressed.action_make_now()
        self.assertEqual(action["res_id"], work.ticket_ids.id)
        with self.assertRefused("made meanwhile"):
            pressed.action_make_now()

    def test_context_gives_no_values(self):
        work = self._work().with_user(self.dispatcher)
        work.with_context(default_active=False, default_is_confidential=True).make_now()
        self.assertTrue(work.ticket_ids.active)
        self.assertFalse(work.ticket_ids.is_confidential)

    # ------------------------------------------------------------
    # Changing the rule
    # ------------------------------------------------------------

    def test_new_date_is_counted_from_itself(self):
        work = self._work()
        work.next_date = "2026-02-15"
        self.assertEqual(work._get_next_date(work.next_date), date(2026, 3, 15))

    def test_same_date_written_again_changes_nothing(self):
        """As an import does."""
        work = self._work()
        with self._at("2026-01-31 10:00"):
            self._make_due()
        work.write({"next_date": "2026-02-28", "interval_type": "month"})
        self.assertEqual(work._get_next_date(work.next_date), date(2026, 3, 31))

    def test_new_period_is_counted_from_the_next_date(self):
        work = self._work()
        with self._at("2026-01-31 10:00"):
            self._make_due()
        work.interval_number = 2
        self.assertEqual(work.next_date, date(2026, 2, 28))
        self.assertEqual(work._get_next_date(work.next_date), date(2026, 4, 30))
        work.interval_type = "week"
        self.assertEqual(work._get_next_date(work.next_date), date(2026, 3, 14))

    def test_nonsense_is_refused(self):
        for values in (
            {"interval_number": 0},
            {"interval_number": -1},
            {"interval_number": 1000},
            {"lead_days": -1},
            {"lead_days": 366},
            {"planned_hours": -1},
            {"next_date": "0001-01-01"},
            {"next_date": "9999-12-31"},
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError, msg=values),
                self.cr.savepoint(),
            ):
                self._work(**values)
                self.env.flush_all()
        for name in ("", "x" * 301):
            with self.assertRaises(UserError):
                self._work(name=name or " ")

    def test_category_of_another_team(self):
        team = self.team.copy({"name": "Other", "alias_name": False})
        category = self.env["ntr.ticket.category"].create(
            {"name": "Theirs", "team_ids": team.ids}
        )
        with self.assertRefused("is not one of team"):
            self._work(category_id=category.id)

    def test_executor_is_a_colleague(self):
        portal = new_test_user(
            self.env, "portal@recurring.example", groups="base.group_portal"
        )
        with self.assertRefused("active colleague"):
            self._work(user_id=portal.id)

    # ------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------

    def test_form_shows_the_coming_dates(self):
        works = self.env["ntr.recurring.work"].with_user(self.coordinator)
        with Form(works) as form:
            form.name = "Inspection"
            form.team_id = self.team
            form.equipment_id = self.unit
            self.assertEqual(form.partner_id, self.firm)
            form.next_date = "2026-01-31"
            self.assertEqual(
                form.coming_dates,
                "02/02/2026, 03/02/2026, 03/31/2026, 04/30/2026, 06/01/2026",
            )
            form.on_workdays = False
            self.assertEqual(
                form.coming_dates,
                "01/31/2026, 02/28/2026, 03/31/2026, 04/30/2026, 05/31/2026",
            )
            form.interval_number = 3
            form.end_date = "2026-08-01"
            self.assertEqual(form.coming_dates, "01/31/2026, 04/30/2026, 07/31/2026")
            form.interval_number = 0
            self.assertFalse(form.coming_dates)
            form.interval_number = 2

    def test_form_of_saved_work(self):
        work = self._work()
        with self._at("2026-01-31 10:00"):
            self._make_due()
        with Form(work.with_user(self.coordinator)) as form:
            self.assertIn("02/28/2026, 03/31/2026", form.coming_dates)
            form.next_date = "2026-02-27"
            self.assertIn("02/27/2026, 03/27/2026", form.coming_dates)

    def test_how_often_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        work = self._work()
        self.assertEqual(work.interval_text, "Every month")
        work.interval_number = 3
        self.assertEqual(work.interval_text, "Every 3 months")
        text = work.with_context(lang="ru_RU").interval_text
        self.assertIn("3 месяца", text)

    # ------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------

    def test_who_sees_it(self):
        work = self._work()
        for user in (self.engineer, self.dispatcher, self.finance, self.director):
            self.assertTrue(work.with_user(user).search([("id", "=", work.id)]))
            self.assertEqual(work.with_user(user).name, "Inspection")
        self.assertFalse(work.with_user(self.stranger).search([("id", "=", work.id)]))
        portal, employee = (
            new_test_user(self.env, f"{group}@recurring.example", groups=group)
            for group in ("base.group_portal", "base.group_user")
        )
        for user in (self.author, self.external, portal, employee):
            with self.assertRaises(AccessError):
                work.with_user(user).search([])
            with self.assertRaises(AccessError):
                work.with_user(user).make_now()

    def test_executor_of_another_team_sees_his(self):
        work = self._work(user_id=self.stranger.id)
        self.assertEqual(work.with_user(self.stranger).name, "Inspection")

    def test_who_sees_less_than_his_team_sees_his(self):
        self.engineer.ntr_scope = "own"
        work, own = self._work(), self._work(user_id=self.engineer.id)
        found = work.with_user(self.engineer).search([("id", "in", (work | own).ids)])
        self.assertEqual(found, own)

    def test_who_changes_it(self):
        work = self._work()
        for user in (self.engineer, self.dispatcher, self.finance):
            with self.assertRaises(AccessError):
                work.with_user(user).write({"name": "Other"})
            with self.assertRaises(AccessError):
                work.with_user(user).unlink()
            with self.assertRaises(AccessError):
                work.with_user(user).copy()
        work.with_user(self.coordinator).name = "Other"
        work.with_user(self.coordinator).unlink()
        self.assertFalse(work.exists())

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        team = self.env["ntr.team"].create({"name": "Theirs", "company_id": company.id})
        work = self.env["ntr.recurring.work"].create(
            {"name": "Theirs", "team_id": team.id, "next_date": "2026-01-31"}
        )
        self.assertEqual(work.company_id, company)
        self.assertFalse(work.with_user(self.director).search([("id", "=", work.id)]))
        unit = self.env["ntr.equipment"].create(
            {"name": "Ours", "partner_id": self.firm.id, "company_id": self.company.id}
        )
        with self.assertRaises(UserError):
            work.write({"partner_id": self.firm.id, "equipment_id": unit.id})

    def test_ticket_of_other_company(self):
        """The scheduled action makes it where it belongs."""
        company = self.env["res.company"].create({"name": "Other"})
        team = self.env["ntr.team"].create({"name": "Theirs", "company_id": company.id})
        work = self.env["ntr.recurring.work"].create(
            {"name": "Theirs", "team_id": team.id, "next_date": "2026-01-31"}
        )
        with self._at("2026-01-31 10:00"):
            self._make_due()
        self.assertEqual(work.ticket_ids.company_id, company)

    def test_external_engineer_reads_his_ticket(self):
        work = self._work(user_id=self.external.id)
        work.make_now()
        ticket = work.ticket_ids.with_user(self.external)
        self.assertEqual(ticket.user_id, self.external)
        ticket.web_read(
            {"name": {}, "recurring_work_id": {"fields": {"display_name": {}}}}
        )

    def test_work_with_tickets_stays(self):
        work = self._work()
        work.make_now()
        with self.assertRefused("Archive it"):
            work.with_user(self.coordinator).unlink()

    def test_copy(self):
        work = self._work()
        work.make_now()
        twin = work.with_user(self.coordinator).copy()
        self.assertEqual(twin.name, "Inspection (copy)")
        self.assertEqual(twin.anchor_date, twin.next_date)
        self.assertFalse(twin.ticket_ids)


@tagged("post_install", "-at_install")
class TestRecurringWorkAtOnce(TwoAtOnceCase):
    """Two servers at once, in transactions of their own that really commit."""

    def _make(self):
        team = self.here["ntr.team"].search([], limit=1)
        work = self.here["ntr.recurring.work"].create(
            {
                "name": "Two at once",
                "team_id": team.id,
                "next_date": fields.Date.today(),
            }
        )
        self.work_id = work.id

    def _forget(self, cursor):
        cursor.execute(
            "DELETE FROM ntr_ticket WHERE recurring_work_id = %s RETURNING id",
            [self.work_id],
        )
        for (ticket_id,) in cursor.fetchall():
            cursor.execute(
                "DELETE FROM mail_message WHERE model = 'ntr.ticket' AND res_id = %s",
                [ticket_id],
            )
        cursor.execute("DELETE FROM ntr_recurring_work WHERE id = %s", [self.work_id])

    def _work_of(self, env):
        return env["ntr.recurring.work"].browse(self.work_id)

    def _try(self, env):
        work = self._work_of(env)
        return work._try_due(work._get_due_domain(), "_make_due")

    def _count(self):
        return self.there["ntr.ticket"].search_count(
            [("recurring_work_id", "=", self.work_id)]
        )

    def test_second_looks_while_the_first_is_at_work(self):
        self.assertTrue(self._work_of(self.there)._is_to_be_made())
        self.assertTrue(self._try(self.here))
        self.assertFalse(self._try(self.there), "the work is locked")
        with self.assertRefused("just making"):
            self._work_of(self.there).make_now()
        self.here.cr.commit()
        self.there.cr.rollback()
        self.assertFalse(self._try(self.there), "it is due no more")
        self.there.cr.commit()
        self.assertEqual(self._count(), 1)

    @mute_logger("odoo.sql_db")
    def test_second_has_looked_before_the_first_was_done(self):
        self.assertTrue(self._work_of(self.there)._is_to_be_made())
        self.assertTrue(self._try(self.here))
        self.here.cr.commit()
        self.assertFalse(self._try(self.there), "its snapshot is out of date")
        self.there.cr.commit()
        self.assertFalse(self._try(self.there))
        self.assertEqual(self._count(), 1)
