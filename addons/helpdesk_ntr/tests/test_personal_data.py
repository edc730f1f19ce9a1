import io
import json
import zipfile
from base64 import b64decode

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL

from .common import HelpdeskCase

NAME = "Akakiy Bashmachkin"
EMAIL = "bashmachkin@romashka.example"
PHONE = "+7 900 765-43-21"
PLACE = "Kalinkin bridge 3, flat 12"
DIGITS = "79007654321"
TABLES = (
    "mail_message",
    "mail_mail",
    "mail_notification",
    "mail_activity",
    "mail_tracking_value",
    "rating_rating",
    "res_partner",
    "res_users",
    "crm_lead",
    "ir_attachment",
    "calendar_event",
)


class PersonalDataCase(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, EMAIL, groups="base.group_portal", name=NAME, email=EMAIL
        )
        cls.person = cls.portal.partner_id
        cls.person.write(
            {
                "parent_id": cls.firm.id,
                "phone": PHONE,
                "comment": f"<p>{NAME} likes overcoats</p>",
                "lang": "en_US",
            }
        )

    def _wizard(self, user=None, partner=None, **values):
        return (
            self.env["ntr.personal.data.wizard"]
            .with_user(user or self.admin)
            .create({"partner_id": (partner or self.person).id, **values})
        )

    def _live_through(self):
        """A ticket with everything that may keep something of a person."""
        mail = self._mail(
            f"The overcoat printer is broken. {NAME}, {PHONE}",
            From=f"{NAME} <{EMAIL}>",
            Message_ID="<1@romashka.example>",
            Subject=f"Printer of {NAME}",
        )
        mail.add_attachment(
            f"Passport of {NAME}", subtype="plain", filename="passport.txt"
        )
        ticket = self._receive(mail)
        self.assertEqual(ticket.partner_id, self.person)
        self._send_due()
        ticket.with_user(self.engineer).take()
        visit_id = ticket.with_user(self.engineer).plan_visit(
            "2099-03-02 07:00:00", "2099-03-02 09:00:00", self.engineer.id, PLACE
        )
        self.env["calendar.event"].browse(visit_id).description = f"Ask for {NAME}"
        ticket.with_user(self.engineer).message_post(
            body=f"Dear {NAME}, write from {EMAIL.upper()} please",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.person.ids,
        )
        ticket.with_user(self.engineer).message_post(
            body=f"{NAME} called, he is angry", subtype_xmlid="mail.mt_note"
        )
        ticket.with_user(self.engineer).wait_for("client", f"{NAME} sends a picture")
        ticket.with_user(self.engineer).activity_schedule(
            "mail.mail_activity_data_call",
            summary=f"Call {NAME}",
            user_id=self.engineer.id,
        )
        ticket.with_user(self.engineer).write({"name": f"Overcoat printer of {NAME}"})
        ticket.with_user(self.engineer).solve(f"Told {NAME} at {PHONE}", self.cause.id)
        ticket.with_user(self.portal).confirm()
        ticket.rating_apply(
            5, token=ticket._rating_get_access_token(), feedback=f"Thanks, {NAME}"
        )
        self.env["ntr.link"]._make(ticket, "reopen", self.person)
        self._end_request()
        return ticket

    def _end_request(self):
        """What Odoo does at the end of a request, tracking of changes among it."""
        self.env.flush_all()
        self.cr.flush()

    def _find(self, *words):
        """(table, column) where one of these words still stands."""
        self._end_request()
        columns = self.env.execute_query(
            SQL(
                "SELECT table_name, column_name FROM information_schema.columns "
                "WHERE table_schema = 'public' AND (table_name LIKE %s OR table_name "
                "IN %s) AND data_type IN ('character varying', 'text', 'jsonb')",
                "ntr\\_%",
                TABLES,
            )
        )
        found = set()
        for table, column in columns:
            for word in words:
                if self.env.execute_query(
                    SQL(
                        "SELECT 1 FROM %s WHERE %s::text ILIKE %s LIMIT 1",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        f"%{word}%",
                    )
                ):
                    found.add((table, column))
        return found


@tagged("post_install", "-at_install")
class TestErasure(PersonalDataCase):
    def test_no_trace(self):
        ticket = self._live_through()
        words = (NAME, EMAIL, PHONE, "Bashmachkin", DIGITS, PLACE)
        # the search finds what there is to find
        tables = {table for table, __ in self._find(*words)}
        self.assertGreaterEqual(
            tables,
            {
                "ntr_ticket",
                "ntr_ticket_event",
                "mail_message",
                "mail_mail",
                "mail_tracking_value",
                "calendar_event",
                "mail_activity",
                "rating_rating",
                "res_partner",
                "res_users",
                "ir_attachment",
            },
        )
        self._wizard(reason="Application 12").action_erase()
        self.assertEqual(self._find(*words), set())
        # what was done stays
        self.assertEqual(ticket.state, "closed")
        self.assertEqual(ticket.partner_id, self.person)
        self.assertEqual(ticket.commercial_partner_id, self.firm)
        self.assertIn("overcoat printer", ticket.description)
        self.assertIn("[erased]", ticket.name)

    def test_ledger_keeps_all_but_the_words(self):
        ticket = self._live_through()
        names = ("type", "at", "actor_id", "changes", "seconds", "audience")
        before = ticket.event_ids.sorted("id").read(names, load=None)
        self._wizard().action_erase()
        ticket.invalidate_recordset()
        self.assertEqual(ticket.event_ids.sorted("id").read(names, load=None), before)
        waiting = ticket.event_ids.filtered(lambda it: it.type == "waiting")
        self.assertEqual(waiting.reason, "[erased] sends a picture")

    def test_ledger_has_no_other_door(self):
        ticket = self._live_through()
        with self.assertRefused("ledger cannot be changed"):
            ticket.event_ids[:1].write({"reason": "x"})
        with self.assertRefused("ledger cannot be changed"):
            ticket.event_ids[:1].with_user(self.admin).write({"reason": "x"})

    def test_account_is_gone(self):
        self._live_through()
        self.person.user_ids.api_key_ids.unlink()
        self._wizard().action_erase()
        self.portal.invalidate_recordset()
        self.assertFalse(self.portal.active)
        self.assertFalse(self.person.active)
        self.assertFalse(self.person.phone or self.person.comment)
        self.assertEqual(self.portal.login, f"erased-{self.portal.id}")
        self.assertFalse(
            self.env["ntr.link"].search([("partner_id", "=", self.person.id)])
        )
        self.assertNotIn(
            self.person, self.env["ntr.ticket"].search([]).message_partner_ids
        )

    def test_others_stay_as_they_are(self):
        self._live_through()
        other = self._ticket(
            name="Bashmachkina has an overcoat too",
            description="<p>anna@romashka.example, Akakiy</p>",
            partner_id=self.colleague.id,
        )
        other.message_post(body=f"{NAME} said the same")
        self._wizard().action_erase()
        other.invalidate_recordset()
        self.assertEqual(other.name, "Bashmachkina has an overcoat too")
        self.assertIn("anna@romashka.example, Akakiy", other.description)
        self.assertEqual(other.email_from, "anna@romashka.example")
        self.assertIn("[erased] said the same", other.message_ids[0].body)
        self.assertEqual(self.colleague.name, "Anna Sidorova")

    def test_namesake_keeps_his_name(self):
        self._live_through()
        namesake = self.env["res.partner"].create(
            {"name": NAME, "email": "other@vector.example"}
        )
        other = self._ticket(name=f"Of {NAME}", partner_id=namesake.id)
        ticket = self._ticket(name=f"For {NAME}", partner_id=self.person.id)
        self._wizard(is_confirmed=True).action_erase()
        self.env.invalidate_all()
        self.assertEqual(namesake.name, NAME)
        self.assertEqual(other.name, f"Of {NAME}")
        self.assertEqual(ticket.name, "For [erased]")
        self.assertEqual(self._find(EMAIL), set())

    def test_unknown_sender_known_later(self):
        """Tickets of the same address, from before we knew whose it was."""
        ticket = self.env["ntr.ticket"].create(
            {"name": "old", "team_id": self.team.id, "email_from": EMAIL}
        )
        self._wizard(is_confirmed=True).action_erase()
        ticket.invalidate_recordset()
        self.assertFalse(ticket.email_from)

    def test_also_his_own_words(self):
        ticket = self._live_through()
        self._wizard(with_words=True).action_erase()
        ticket.invalidate_recordset()
        self.assertNotIn("overcoat", ticket.description)
        said = ticket.message_ids.filtered(lambda it: it.message_type == "email")
        self.assertNotIn("overcoat", "".join(said.mapped("body")))
        answer = ticket.message_ids.filtered(
            lambda it: it.author_id == self.engineer.partner_id and "Dear" in it.body
        )
        self.assertIn("please", answer.body)

    def test_opportunity_forgets_too(self):
        ticket = self._live_through()
        ticket.sudo().action_make_opportunity()
        self._end_request()
        self._wizard().action_erase()
        self.assertEqual(self._find(NAME, EMAIL, PHONE), set())

    def test_log_names_nobody(self):
        self._live_through()
        self._wizard(reason="Application 12").action_erase()
        log = (
            self.env["ntr.personal.data.log"].with_user(self.admin).search([], limit=1)
        )
        self.assertRecordValues(
            log,
            [
                {
                    "action": "erase",
                    "user_id": self.admin.id,
                    "partner_id": self.person.id,
                    "ticket_count": 1,
                    "reason": "Application 12",
                }
            ],
        )
        for call in (
            lambda: log.write({"reason": "x"}),
            lambda: log.sudo().write({"reason": "x"}),
            lambda: log.unlink(),
            lambda: log.copy(),
        ):
            with self.assertRaises(AccessError):
                call()

    # ------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------

    def test_only_administrator(self):
        for user in (self.director, self.coordinator, self.finance, self.portal):
            with self.assertRaises(AccessError):
                self._wizard(user)
            wizard = self._wizard().with_user(user)
            with self.assertRaises(AccessError):
                wizard.action_erase()
            with self.assertRaises(AccessError):
                wizard.action_export()
            with self.assertRaises(AccessError):
                self.env["ntr.personal.data.log"].with_user(user).search([])
        self.assertEqual(self.person.name, NAME)

    def test_rule_of_the_wizard_is_not_the_only_one(self):
        """Somebody whom a right was given on the wizard still erases nobody."""
        self.env["ir.model.access"].create(
            {
                "name": "x",
                "model_id": self.env["ir.model"]._get("ntr.personal.data.wizard").id,
                "group_id": self.env.ref("helpdesk_ntr.group_engineer").id,
                "perm_read": True,
                "perm_write": True,
                "perm_create": True,
            }
        )
        wizard = self._wizard(self.engineer)
        with self.assertRefused("Only an administrator"):
            wizard.action_erase()
        with self.assertRefused("Only an administrator"):
            wizard.action_export()

    def test_colleagues_stay(self):
        with self.assertRefused("is a colleague"):
            self._wizard(partner=self.engineer.partner_id).action_erase()
        self.engineer.active = False
        with self.assertRefused("is a colleague"):
            self._wizard(partner=self.engineer.partner_id).action_erase()

    def test_firms_stay(self):
        with self.assertRefused("Choose the person"):
            self._wizard(partner=self.firm).action_erase()
        with self.assertRefused("our own company"):
            self._wizard(partner=self.company.partner_id).action_erase()

    def test_open_tickets_want_confirmation(self):
        ticket = self._ticket(partner_id=self.person.id)
        with self.assertRefused(f"are open: {ticket.number}"):
            self._wizard().action_erase()
        self.assertEqual(self.person.name, NAME)
        with Form(self._wizard()) as form:
            self.assertEqual(form.open_ticket_count, 1)
            form.is_confirmed = True
        form.record.action_erase()
        self.assertNotEqual(self.person.name, NAME)
        # the ticket goes on, nobody is written to
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).solve("done", self.cause.id)

    def test_twice(self):
        self._live_through()
        self._wizard().action_erase()
        with self.assertRefused("nothing is left to erase"):
            self._wizard().action_erase()


@tagged("post_install", "-at_install")
class TestExport(PersonalDataCase):
    def _export(self, **values):
        wizard = self._wizard(**values)
        action = wizard.action_export()
        self.assertIn(f"/{wizard.id}/export_file/", action["url"])
        content = b64decode(wizard.with_context(bin_size=False).export_file)
        archive = zipfile.ZipFile(io.BytesIO(content))
        self.assertEqual(set(archive.namelist()), {"data.json", "data.html"})
        return json.loads(archive.read("data.json")), archive.read("data.html").decode()

    def test_everything_of_the_person(self):
        ticket = self._live_through()
        data, page = self._export()
        self.assertEqual(data["contact"]["email"], EMAIL)
        self.assertEqual(data["contact"]["portal_login"], EMAIL)
        self.assertEqual([it["number"] for it in data["tickets"]], [ticket.number])
        self.assertIn("overcoat", data["tickets"][0]["text"])
        texts = " ".join(it["text"] or "" for it in data["messages"])
        self.assertIn("write from", texts)
        self.assertNotIn("he is angry", texts)
        self.assertEqual([it["words"] for it in data["ratings"]], [f"Thanks, {NAME}"])
        self.assertIn("passport.txt", [it["name"] for it in data["attachments"]])
        self.assertIn("reopen", [it["for"] for it in data["links"]])
        self.assertIn(f"Thanks, {NAME}", [it["text"] for it in data["ledger"]])
        for text in (ticket.number, "passport.txt", f"Thanks, {NAME}"):
            self.assertIn(text, page)

    def test_notes_only_when_wanted(self):
        self._live_through()
        data, __ = self._export(with_notes=True)
        texts = " ".join(it["text"] or "" for it in data["messages"])
        self.assertIn("he is angry", texts)

    def test_page_runs_nothing(self):
        self._ticket(partner_id=self.person.id).message_post(
            body="x",
            author_id=self.person.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.person.sudo().function = "<script>alert(1)</script>"
        __, page = self._export()
        self.assertNotIn("<script>alert", page)

    def test_nothing_of_others(self):
        self._live_through()
        other = self._ticket(partner_id=self.colleague.id)
        data, page = self._export()
        self.assertNotIn(other.number, page)

    def test_logged(self):
        self._export(reason="Application 13")
        log = self.env["ntr.personal.data.log"].search([], limit=1)
        self.assertEqual((log.action, log.user_id), ("export", self.admin))

    def test_person_without_tickets(self):
        data, page = self._export(partner=self.outsider)
        self.assertEqual(data["tickets"], [])
        self.assertIn("Nothing.", page)
