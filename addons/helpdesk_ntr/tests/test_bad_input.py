from odoo.exceptions import MissingError, UserError
from odoo.tests import tagged

from .common import HelpdeskCase

GONE = 2**31 - 1
SCRIPT = "<p>Hello<script>alert(1)</script><img src=x onerror=alert(2)></p>"


@tagged("post_install", "-at_install")
class TestBadInput(HelpdeskCase):
    """Whatever a caller of the API sends, he reads a sentence and nothing is lost."""

    def setUp(self):
        super().setUp()
        self.ticket = self._ticket(kind_id=self.incident.id)
        self.ticket.with_user(self.engineer).take()
        self.before = self._get_picture()

    def _get_picture(self):
        self.env.flush_all()
        self.ticket.invalidate_recordset()
        return self.ticket.sudo()._get_ledger_values(), self._types(self.ticket)

    def assertNothingChanged(self):
        self.assertEqual(self._get_picture(), self.before)

    def _call(self, user, verb, *arguments):
        return getattr(self.ticket.with_user(user), verb)(*arguments)

    def test_wrong_ids_and_values(self):
        for verb, arguments in (
            ("assign", (GONE,)),
            ("assign", ("engineer",)),
            ("assign", ([1, 2],)),
            ("pass_on", (GONE, "why")),
            ("pass_on", ("Line 2", "why")),
            ("pass_on", (None, "why")),
            ("pass_on", ({"id": 1}, "why")),
            ("wait_for", ("nobody",)),
            ("wait_for", (None,)),
            ("wait_for", (["client"],)),
            ("move_to", (GONE,)),
            ("move_to", ("Solved",)),
            ("solve", ("Done", GONE)),
            ("solve", ("Done", "wear")),
            ("solve", ("", self.cause.id)),
            ("solve", ("<p><br></p>", None)),
            ("cancel", (None,)),
            ("cancel", ("   ",)),
            ("reject_solution", ("no",)),
            ("return_back", ("why",)),
            ("reopen", ("why",)),
        ):
            with self.subTest(verb=verb, arguments=arguments):
                with self.assertRaises(UserError) as caught:
                    self._call(self.dispatcher, verb, *arguments)
                self.assertRegex(str(caught.exception), r"\w+ \w+")
                self.assertNothingChanged()

    def test_wrong_values_written(self):
        for vals in (
            {"stage_id": False},
            {"stage_id": GONE},
            {"stage_id": "Solved"},
            {"team_id": GONE},
            {"team_id": "Test desk"},
            {"user_id": GONE},
            {"user_id": "engineer"},
            {"name": ""},
        ):
            with self.subTest(vals=vals):
                with self.assertRaises(UserError):
                    self.ticket.with_user(self.dispatcher).write(vals)
                self.assertNothingChanged()

    def test_ticket_that_is_gone(self):
        gone = self.env["ntr.ticket"].with_user(self.coordinator).browse(GONE)
        for verb, arguments in (("take", ()), ("close", ()), ("cancel", ("why",))):
            with self.subTest(verb=verb), self.assertRaises(MissingError):
                getattr(gone, verb)(*arguments)

    def test_missing_fields(self):
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        for vals in ({}, {"name": False}, {"name": "  "}):
            with self.subTest(vals=vals), self.assertRefused("subject"):
                tickets.create(vals)

    def test_subject_of_a_megabyte(self):
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        with self.assertRefused("at most"):
            tickets.create({"name": "x" * 2**20, "team_id": self.team.id})
        with self.assertRefused("at most"):
            self.ticket.with_user(self.dispatcher).write({"name": "x" * 2**20})
        self.assertNothingChanged()

    def test_mail_with_a_huge_subject_is_kept_whole(self):
        subject = "stripes " * 5000
        ticket = self._receive(self._mail("See above", Subject=subject.strip()))
        self.assertLess(len(ticket.name), 400)
        self.assertIn("See above", ticket.description)
        self.assertEqual(ticket.description.count("stripes"), 5000)

    def test_scripts_are_taken_out(self):
        self._call(self.engineer, "solve", SCRIPT, self.cause.id)
        self.ticket.write({"prevention": SCRIPT, "description": SCRIPT})
        for name in ("prevention", "description"):
            self.assertNotIn("<script", self.ticket[name])
            self.assertNotIn("onerror", self.ticket[name])
        # a plain text is shown as it was written
        self.assertIn("&lt;script&gt;", self.ticket.solution)
        ticket = self._receive(self._html_mail(SCRIPT))
        self.assertNotIn("<script", ticket.description)
        self.assertNotIn("onerror", ticket.description)

    def _html_mail(self, html):
        mail = self._mail("x", Message_ID="<html@romashka.example>")
        mail.set_content(html, subtype="html")
        return mail

    def test_fields_that_only_verbs_fill(self):
        for vals in (
            {"number": "HD-1"},
            {"state": "closed"},
            {"closed_at": "2026-01-01 00:00:00"},
            {"reopen_count": 9},
            {"hop_count": 9},
            {"waiting_on": "client"},
            {"event_ids": [(5,)]},
        ):
            with self.subTest(vals=vals):
                with self.assertRefused("by hand"):
                    self.ticket.with_user(self.admin).write(vals)
                with self.assertRefused("by hand"):
                    self.env["ntr.ticket"].with_user(self.admin).create(
                        {"name": "x", **vals}
                    )
        self.assertNothingChanged()

    def test_list_of_good_and_bad_changes_nothing(self):
        other = self._ticket()
        other.with_user(self.dispatcher).cancel("double")
        both = (self.ticket | other).with_user(self.dispatcher)
        for verb, arguments in (
            ("pass_on", (self.line3.id, "why")),
            ("wait_for", ("client",)),
            ("cancel", ("why",)),
            ("solve", ("Done", self.cause.id)),
        ):
            with self.subTest(verb=verb), self.assertRaises(UserError):
                getattr(both, verb)(*arguments)
            self.assertNothingChanged()
