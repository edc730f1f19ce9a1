import re

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import HelpdeskCase

# Fields of a team that say who it is, whom it has and what it did.
NO_POLICIES = {
    "active",
    "alias_id",
    "color",
    "company_id",
    "coordinator_id",
    "create_date",
    "create_uid",
    "description",
    "line_ids",
    "member_ids",
    "name",
    "sequence",
    "team_properties_definition",
    "ticket_ids",
    "write_date",
    "write_uid",
}


@tagged("post_install", "-at_install")
class TestSettings(HelpdeskCase):
    """Every policy of a team in words that a manager understands."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system = new_test_user(
            cls.env,
            "system@desk.example",
            groups="base.group_system,helpdesk_ntr.group_admin",
            lang="en_US",
        )
        cls.settings = cls.env["res.config.settings"].with_user(cls.system)

    def _get_policies(self):
        """Fields of a team that a person fills in and this addon has made."""
        return {
            name
            for name, field in self.env["ntr.team"]._fields.items()
            if field._module == "helpdesk_ntr"
            and not field.related
            and (not field.compute or not field.readonly)
        } - NO_POLICIES

    def _get_page(self):
        arch = self.settings.get_view(view_type="form")["arch"]
        return etree.fromstring(arch).find(".//app[@name='helpdesk_ntr']")

    def _get_sentences(self, node, prefix=""):
        """{policy: sentence} of a part of a view, a policy stands for itself."""
        sentences = {}
        for box in node.xpath(".//div[contains(@class, 'o_ntr_policy')]"):
            text, names = box.text or "", []
            for child in box:
                name = (child.get("name") or child.get("for")).removeprefix(prefix)
                if child.tag == "field":
                    names.append(name)
                text += f"[{name}]{child.get('string') or ''}{child.tail or ''}"
            sentences[names[0]] = re.sub(r"\s+", " ", text).strip()
        return sentences

    def test_no_policy_is_missing(self):
        shown = set(self._get_sentences(self._get_page(), "ntr_")) - {"team_id"}
        self.assertEqual(shown, self._get_policies())
        self.assertEqual(
            set(self.settings._get_ntr_policies().values()), self._get_policies()
        )

    def test_team_says_the_same_words(self):
        page = self._get_sentences(self._get_page(), "ntr_")
        arch = self.env["ntr.team"].get_view(view_type="form")["arch"]
        form = self._get_sentences(etree.fromstring(arch))
        for name in ("team_id", "resource_calendar_id"):
            del page[name]
        self.assertEqual(form, page)

    def test_every_policy_is_a_sentence(self):
        for name, sentence in self._get_sentences(self._get_page(), "ntr_").items():
            self.assertGreaterEqual(len(sentence.split()), 4, name)

    def test_changed_here_holds_for_the_team(self):
        with Form(self.settings) as page:
            page.ntr_team_id = self.team
            self.assertEqual(page.ntr_closing_days, 5)
            page.ntr_closing_days = 1
            page.ntr_closing_warning_days = 0
            page.ntr_reopen_policy = "never"
            page.ntr_greeting = "Good day, {first name}!"
            page.ntr_take_alarm_minutes = 30
        self.assertEqual(self.team.closing_days, 1)
        self.assertEqual(self.team.closing_warning_days, 0)
        self.assertEqual(self.team.reopen_policy, "never")
        self.assertEqual(self.team.greeting, "Good day, {first name}!")
        self.assertEqual(self.team.take_alarm_minutes, 30)

    def test_two_that_belong_together(self):
        self.team.write({"closing_days": 2, "closing_warning_days": 1})
        self.settings.create(
            {
                "ntr_team_id": self.team.id,
                "ntr_closing_warning_days": 6,
                "ntr_closing_days": 8,
            }
        )
        self.env.flush_all()
        self.assertEqual(self.team.closing_warning_days, 6)

    def test_letters_are_switched_off(self):
        letter = self.env.ref("helpdesk_ntr.mail_template_wish")
        self.settings.create(
            {
                "ntr_team_id": self.team.id,
                "ntr_muted_template_ids": [Command.set(letter.ids)],
            }
        )
        self.assertEqual(self.team.muted_template_ids, letter)

    def test_saving_changes_nothing_else(self):
        self.team.write_date = "2026-01-01"
        self.env.flush_all()
        before = self.team.read(sorted(self._get_policies()))
        with Form(self.settings) as page:
            page.ntr_team_id = self.team
        self.assertEqual(self.team.read(sorted(self._get_policies())), before)

    def test_what_cannot_be_is_refused(self):
        with self.assertRefused("no such"):
            self.settings.create(
                {"ntr_team_id": self.team.id, "ntr_greeting": "Hello, {no such}!"}
            )

    def test_default_is_the_first_team_of_the_company(self):
        first = self.env["ntr.team"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )
        self.assertEqual(Form(self.settings).ntr_team_id, first)

    # --- refusals

    def test_team_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.system.company_ids |= other
        team = self.env["ntr.team"].create({"name": "Theirs", "company_id": other.id})
        with self.assertRefused("Choose a team of"):
            self.settings.create({"ntr_team_id": team.id, "ntr_closing_days": 9})
        self.assertNotEqual(team.closing_days, 9)
        field = self._get_page().find(".//field[@name='ntr_team_id']")
        self.assertIn("company_id", field.get("domain") or "company_id")

    def test_rights(self):
        values = {"ntr_team_id": self.team.id, "ntr_closing_days": 9}
        for user in (self.coordinator, self.admin):
            with self.assertRaises(AccessError):
                self.settings.with_user(user).create(values)
        only_system = new_test_user(
            self.env, "only@desk.example", groups="base.group_system", lang="en_US"
        )
        with self.assertRaises(AccessError):
            self.settings.with_user(only_system).create(values)
        arch = self.settings.with_user(only_system).get_view(view_type="form")["arch"]
        self.assertFalse(etree.fromstring(arch).find(".//app[@name='helpdesk_ntr']"))
        self.assertNotEqual(self.team.closing_days, 9)

    def test_coordinator_has_the_same_on_the_team(self):
        team = self.team.with_user(self.coordinator)
        with Form(team) as form:
            form.closing_days = 7
        self.assertEqual(self.team.closing_days, 7)
