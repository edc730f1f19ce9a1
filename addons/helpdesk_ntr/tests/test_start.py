from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

import polib

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools.misc import file_path

from ..models.ntr_ticket import PRIORITIES
from .common import HelpdeskCase


class StartCase(HelpdeskCase):
    """A firm that has installed the help desk and nothing more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm_of_ours = cls.env["res.company"].create({"name": "Our new firm"})
        cls.firm_of_ours.alias_domain_id = False
        # what is set up is in the firm's language, and looked for by its names
        cls.firm_of_ours.partner_id.lang = "en_US"
        cls.beginner = new_test_user(
            cls.env,
            "beginner@desk.example",
            groups="helpdesk_ntr.group_admin",
            name="Beginner",
            lang="en_US",
            company_id=cls.firm_of_ours.id,
            company_ids=[Command.set(cls.firm_of_ours.ids)],
        )
        cls.ann, cls.bob = (
            new_test_user(
                cls.env,
                f"{name}@desk.example",
                groups="base.group_user",
                name=name.capitalize(),
                lang="en_US",
                company_id=cls.firm_of_ours.id,
                company_ids=[Command.set(cls.firm_of_ours.ids)],
            )
            for name in ("ann", "bob")
        )

    @classmethod
    def _wizard(cls, **values):
        """The first steps as the beginner sees them, with some values changed."""
        wizards = cls.env["ntr.start.wizard"].with_user(cls.beginner)
        values.setdefault("is_company_lang", False)
        return wizards.with_company(cls.firm_of_ours).create(values)

    @classmethod
    def _start(cls, **values):
        """Take the first steps; the team that was set up."""
        cls._wizard(**values).action_apply()
        return cls._get_team()

    @classmethod
    def _get_team(cls):
        return cls.env["ntr.team"].search([("company_id", "=", cls.firm_of_ours.id)])

    @contextmanager
    def _without_translations(self):
        """Loading the texts of a language takes a minute and is Odoo's own affair."""
        modules = self.env.registry["ir.module.module"]
        with patch.object(modules, "_update_translations") as update:
            yield update


@tagged("post_install", "-at_install")
class TestStart(StartCase):
    """The first steps of a new firm (D28, S217, S231)."""

    def test_desk_works(self):
        team = self._start(
            name="Helpers",
            alias_name="helpers",
            new_domain="our-firm.example",
            days="6",
            hour_from=8,
            hour_to=20,
            has_lunch=False,
            tz="Asia/Yekaterinburg",
            line_count="2",
            member_1_ids=[Command.set(self.ann.ids)],
            member_2_ids=[Command.set(self.bob.ids)],
        )
        self.assertEqual(len(team), 1)
        self.assertEqual(team.alias_email, "helpers@our-firm.example")
        self.assertEqual(team.coordinator_id, self.beginner)
        self.assertEqual(team.line_ids.mapped("level"), ["1", "2"])
        self.assertEqual(team.member_ids, self.ann | self.bob | self.beginner)
        self.assertTrue(self.ann.has_group("helpdesk_ntr.group_dispatcher"))
        self.assertTrue(self.bob.has_group("helpdesk_ntr.group_engineer"))
        self.assertFalse(self.bob.has_group("helpdesk_ntr.group_dispatcher"))

        ticket = self._receive(self._mail(To="helpers@our-firm.example"))
        self.assertEqual(ticket.team_id, team)
        self.assertEqual(ticket.line_id.member_ids, self.ann)
        ticket.with_user(self.ann).assign(self.bob.id)
        self.assertEqual(ticket.user_id, self.bob)

    def test_hours_count(self):
        team = self._start(
            days="5", hour_from=9, hour_to=18, lunch_from=13, lunch_to=14, tz="UTC"
        )
        working_time = team._get_working_time()
        friday = datetime(2026, 1, 16, 12)
        self.assertEqual(working_time.add(friday, 6 * 3600), datetime(2026, 1, 19, 10))

    def test_opens_with_what_is_set(self):
        self._start(
            name="Helpers",
            alias_name="helpers",
            new_domain="our-firm.example",
            days="7",
            hour_from=0,
            hour_to=24,
            has_lunch=False,
            tz="Asia/Vladivostok",
            line_count="2",
            member_1_ids=[Command.set(self.ann.ids)],
            coordinator_id=self.bob.id,
        )
        wizards = self.env["ntr.start.wizard"].with_user(self.beginner)
        form = Form(wizards.with_company(self.firm_of_ours))
        self.assertEqual(form.name, "Helpers")
        self.assertEqual(form.alias_name, "helpers")
        self.assertEqual(form.alias_domain_id.name, "our-firm.example")
        self.assertEqual((form.days, form.hour_from, form.hour_to), ("7", 0, 24))
        self.assertFalse(form.has_lunch)
        self.assertEqual(form.tz, "Asia/Vladivostok")
        self.assertEqual(form.line_count, "2")
        self.assertEqual(form.member_1_ids[:], self.ann)
        self.assertEqual(form.coordinator_id, self.bob)

    def test_twice_changes_and_doubles_nothing(self):
        first = self._start(alias_name="one", new_domain="our-firm.example")
        calendar = first.resource_calendar_id
        counted = ("ntr.team", "ntr.support.line", "resource.calendar", "mail.alias")
        counts = [self.env[model].search_count([]) for model in counted]
        again = self._start()
        self.assertEqual(again, first)
        self.assertEqual(again.alias_name, "one")
        self.assertEqual(again.resource_calendar_id, calendar)
        self.assertEqual(
            counts, [self.env[model].search_count([]) for model in counted]
        )
        self._start(name="Two", alias_name="two", hour_to=17)
        self.assertEqual(first.name, "Two")
        self.assertEqual(first.alias_name, "two")
        self.assertEqual(
            counts[:2], [self.env[model].search_count([]) for model in counted[:2]]
        )

    def test_domain_is_found_again(self):
        domain = self.env["mail.alias.domain"].create({"name": "known.example"})
        team = self._start(alias_name="helpers", new_domain="@Known.example")
        self.assertEqual(team.alias_domain_id, domain)

    def test_calendar_of_others_is_left_alone(self):
        calendar = self.firm_of_ours.resource_calendar_id
        before = [(it.hour_from, it.hour_to) for it in calendar.attendance_ids]
        team = self._start(days="7", hour_from=6, hour_to=7, has_lunch=False)
        own = team.resource_calendar_id
        self.assertNotEqual(own, calendar)
        self.assertEqual(
            [(it.hour_from, it.hour_to) for it in calendar.attendance_ids], before
        )
        self._start(days="7", hour_from=6, hour_to=8, has_lunch=False)
        self.assertEqual(team.resource_calendar_id, own)
        self.assertEqual(set(own.attendance_ids.mapped("hour_to")), {8})

    def test_irregular_hours_are_kept(self):
        team = self._start(days="7", hour_from=6, hour_to=7, has_lunch=False)
        calendar = team.resource_calendar_id
        calendar.attendance_ids[0].hour_to = 12
        wizard = self._wizard()
        self.assertEqual(wizard.days, "other")
        wizard.action_apply()
        self.assertEqual(calendar.attendance_ids[0].hour_to, 12)

    def test_holidays_come_along(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Stocktaking",
                "calendar_id": self.firm_of_ours.resource_calendar_id.id,
                "company_id": self.firm_of_ours.id,
                "date_from": "2026-01-13 00:00:00",
                "date_to": "2026-01-13 23:59:59",
            }
        )
        team = self._start(days="7", hour_from=6, hour_to=7, has_lunch=False)
        leaves = team.resource_calendar_id.global_leave_ids
        self.assertEqual(leaves.mapped("name"), ["Stocktaking"])

    def test_lines_are_given_up_and_taken_again(self):
        team = self._start(line_count="3", member_3_ids=[Command.set(self.bob.ids)])
        third = team.line_ids.filtered(lambda line: line.level == "3")
        self._start(line_count="1")
        self.assertFalse(third.active)
        self.assertEqual(len(team.line_ids), 1)
        self.assertNotIn(self.bob, team.member_ids)
        self._start(line_count="3")
        self.assertTrue(third.active)
        self.assertEqual(len(team.line_ids), 3)

    def test_line_with_requests_is_not_given_up(self):
        team = self._start(line_count="2", member_2_ids=[Command.set(self.bob.ids)])
        second = team.line_ids.filtered(lambda line: line.level == "2")
        self.env["ntr.ticket"].create(
            {"name": "On it", "team_id": team.id, "line_id": second.id}
        )
        with self.assertRefused("requests that are not ended"):
            self._start(line_count="1")
        self.assertTrue(second.active)

    def test_manager_of_lines_changes_with_the_coordinator(self):
        team = self._start()
        self._start(coordinator_id=self.bob.id)
        self.assertEqual(team.coordinator_id, self.bob)
        self.assertEqual(team.line_ids.manager_id, self.bob)
        self.assertTrue(self.bob.has_group("helpdesk_ntr.group_coordinator"))

    def test_language_is_installed(self):
        lang = self.env.ref("base.lang_lv")
        lang.active = False
        with self._without_translations() as update:
            self._start(lang_id=lang.id, is_company_lang=True, is_user_lang=True)
        update.assert_called_once_with(["lv_LV"], False)
        self.assertTrue(lang.active)
        self.assertEqual(self.firm_of_ours.partner_id.lang, "lv_LV")
        self.assertEqual(self.beginner.lang, "lv_LV")

    def test_language_is_given_to_nobody_who_did_not_ask(self):
        lang = self.env.ref("base.lang_lv")
        before = self.firm_of_ours.partner_id.lang
        with self._without_translations():
            self._start(lang_id=lang.id, is_user_lang=False)
        self.assertEqual(self.firm_of_ours.partner_id.lang, before)
        self.assertEqual(self.beginner.lang, "en_US")

    def test_priorities_are_named_as_asked(self):
        self.assertEqual(
            [label for __, label in PRIORITIES],
            ["Normal", "Medium", "Urgent", "Critical"],
        )
        po = polib.pofile(file_path("helpdesk_ntr/i18n/ru.po"))
        self.assertEqual(
            [po.find(label).msgstr for __, label in PRIORITIES],
            ["Обычный", "Средний", "Срочно", "Критично"],
        )

    # --- refusals

    def test_only_administrators(self):
        for user in (self.director, self.coordinator, self.stranger):
            wizards = self.env["ntr.start.wizard"].with_user(user)
            with self.assertRaises(AccessError):
                wizards.create({"name": "Mine"})
            with self.assertRaises(AccessError):
                wizards.default_get(["name"])
        wizard = self._wizard()
        for verb in ("action_apply", "action_remove_samples"):
            with self.assertRaises(AccessError):
                getattr(wizard.with_user(self.director), verb)()

    def test_only_in_the_own_company(self):
        wizard = self._wizard(company_id=self.company.id)
        with self.assertRefused("Switch to"):
            wizard.action_apply()

    def test_only_colleagues_of_the_company(self):
        portal = new_test_user(
            self.env,
            "p@desk.example",
            groups="base.group_portal",
            name="Portal",
            company_id=self.firm_of_ours.id,
            company_ids=[Command.set(self.firm_of_ours.ids)],
        )
        for user in (self.engineer, portal):
            with self.assertRefused("is no colleague who works in|access"):
                self._start(member_1_ids=[Command.set(user.ids)])
            with self.assertRefused("is no colleague who works in|access"):
                self._start(coordinator_id=user.id)
        self.assertFalse(portal.has_group("helpdesk_ntr.group_engineer"))

    def test_hours_that_cannot_be(self):
        with self.assertRefused("must begin before it ends"):
            self._start(hour_from=18, hour_to=9)
        with self.assertRefused("must lie within"):
            self._start(hour_from=9, hour_to=12)

    def test_domain_of_another_company(self):
        with self.assertRefused("(?i)domain"):
            self._start(alias_name="x", alias_domain_id=self._foreign_domain().id)

    def _foreign_domain(self):
        domain = self.env["mail.alias.domain"].create({"name": "foreign.example"})
        self.company.alias_domain_id = domain
        return domain


@tagged("post_install", "-at_install")
class TestStartSamples(StartCase):
    """Samples write to nobody and leave nothing behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.before = cls._count_all()
        cls._start(
            with_samples=True,
            member_1_ids=[Command.set(cls.ann.ids)],
        )

    @classmethod
    def _count_all(cls):
        cls.env.flush_all()
        counted = (
            "ntr.ticket",
            "ntr.ticket.event",
            "ntr.equipment",
            "ntr.equipment.model",
            "ntr.link",
            "ntr.notice",
            "res.partner",
            "mail.canned.response",
            "mail.mail",
            "rating.rating",
        )
        counts = {
            model: cls.env[model].with_context(active_test=False).search_count([])
            for model in counted
        }
        counts["mail.message"] = cls.env["mail.message"].search_count(
            [("model", "in", ("ntr.ticket", "ntr.equipment"))]
        )
        return counts

    def _get_tickets(self):
        return self.env["ntr.ticket"].search([("is_sample", "=", True)], order="id")

    def _remove(self):
        wizard = self._wizard()
        wizard.action_remove_samples()
        self.env.flush_all()
        return wizard.removal

    def test_what_is_made(self):
        tickets = self._get_tickets()
        self.assertEqual(tickets.mapped("state"), ["new", "open", "solved"])
        self.assertEqual(tickets.company_id, self.firm_of_ours)
        self.assertEqual(self._types(tickets[2])[:1], ["created"])
        self.assertIn("solved", self._types(tickets[2]))
        self.assertEqual(
            {email.rpartition(".")[2] for email in tickets.mapped("email_from")},
            {"example"},
        )

    def test_nobody_is_written_to(self):
        tickets = self._get_tickets()
        after = self._count_all()
        self.assertEqual(after["mail.mail"], self.before["mail.mail"])
        self.assertEqual(after["ntr.notice"], self.before["ntr.notice"])
        tickets[0].with_user(self.ann).take()
        tickets[0].with_user(self.ann).message_post(
            body="We come",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=tickets.partner_id.ids,
        )
        self.env.flush_all()
        self.assertEqual(self._count_all()["mail.mail"], self.before["mail.mail"])

    def test_once(self):
        count = self._count_all()
        wizard = self._wizard()
        self.assertTrue(wizard.has_samples)
        self._start(with_samples=True)
        self.assertEqual(self._count_all(), count)

    def test_whatever_the_team_requires(self):
        self._remove()
        team = self._get_team()
        team.is_kind_required = True
        team.team_properties_definition = [
            {
                "name": moment,
                "string": moment,
                "type": "char",
                "required_at": moment,
            }
            for moment in ("creation", "closing")
        ]
        self._start(with_samples=True)
        self.assertEqual(self._get_tickets().mapped("state"), ["new", "open", "solved"])

    def test_removed_without_a_trace(self):
        self.assertIn("are removed", self._remove())
        self.assertEqual(self._count_all(), self.before)
        self.assertFalse(self._wizard().has_samples)
        self.assertFalse(
            self.env["ir.model.data"].search([("module", "=", "__helpdesk_samples__")])
        )

    def test_what_is_used_is_kept(self):
        partner = self._get_tickets().partner_id
        ticket = self.env["ntr.ticket"].create(
            {
                "name": "A real one",
                "partner_id": partner.id,
                "team_id": self._get_team().id,
            }
        )
        removal = self._remove()
        self.assertRegex(removal, f"Anna Sample.*is kept, because .*{ticket.number}")
        self.assertIn("Sample Trading", removal)
        self.assertNotIn("LP-200", removal)
        self.assertTrue(partner.exists())
        self.assertFalse(self._get_tickets())
        self.assertTrue(self._wizard().has_samples)
        ticket.cancel("It was a test")
        ticket.unlink()
        self.assertIn("are removed", self._remove())
        self.assertEqual(self._count_all(), self.before)

    def test_what_was_deleted_by_hand_is_no_obstacle(self):
        self.env["ntr.equipment"].search([("serial", "=", "SAMPLE-0001")]).unlink()
        self.assertIn("are removed", self._remove())

    def test_real_tickets_are_never_samples(self):
        ticket = self._ticket()
        with self.assertRefused("cannot be set by hand"):
            ticket.with_user(self.admin).write({"is_sample": True})
        with self.assertRefused("cannot be set by hand"):
            self._ticket(is_sample=True)
        ticket._remove_samples()
        self.assertTrue(ticket.exists())

    def test_samples_of_another_company_stay(self):
        wizards = self.env["ntr.start.wizard"].with_user(self.admin)
        wizard = wizards.create({"is_company_lang": False})
        self.assertFalse(wizard.has_samples)
        wizard.action_remove_samples()
        self.assertEqual(len(self._get_tickets()), 3)


@tagged("post_install", "-at_install")
class TestStartTour(StartCase, HttpCase):
    """From an installed database to the first request, in a real browser."""

    browser_size = "1920x1080"

    def test_five_minutes(self):
        self.beginner.password = self.beginner.login
        self.start_tour(
            "/odoo/ntr-helpdesk", "helpdesk_ntr_start", login=self.beginner.login
        )
        ticket = self.env["ntr.ticket"].search([("name", "=", "Tour: first request")])
        self.assertEqual(ticket.state, "new")
        self.assertEqual(ticket.team_id.name, "Tour desk")
        self.assertEqual(ticket.team_id.alias_name, "tour-desk")
        self.assertEqual(ticket.line_id.member_ids, self.ann)
