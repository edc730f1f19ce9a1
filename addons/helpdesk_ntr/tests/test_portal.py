from odoo.tests import HttpCase, new_test_user, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestPortal(HelpdeskCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env,
            "portal@romashka.example",
            password="portal@romashka.example",
            groups="base.group_portal",
            name="Portal Ivan",
            lang="en_US",
        )
        cls.portal.partner_id.parent_id = cls.firm

    def setUp(self):
        super().setUp()
        self.authenticate("portal@romashka.example", "portal@romashka.example")
        self.opener.cookies["frontend_lang"] = "en_US"

    def _own(self, **values):
        return self._ticket(partner_id=self.portal.partner_id.id, **values)

    def _post(self, ticket, verb, **data):
        page = self.url_open(f"/my/requests/{ticket.id}").text
        data["csrf_token"] = page.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(f"/my/requests/{ticket.id}/{verb}", data=data)

    def test_list(self):
        own, foreign = self._own(name="My own stripes"), self._ticket(name="Not mine")
        text = self.url_open("/my/requests").text
        self.assertIn(own.number, text)
        self.assertIn("My own stripes", text)
        self.assertNotIn(foreign.number, text)

    def test_list_filters_and_search(self):
        own = self._own(name="My own stripes")
        self.assertIn(own.number, self.url_open("/my/requests?filterby=open").text)
        self.assertNotIn(own.number, self.url_open("/my/requests?filterby=ended").text)
        self.assertIn(own.number, self.url_open("/my/requests?search=stripes").text)
        self.assertIn(
            "Nothing found", self.url_open("/my/requests?search=elephant").text
        )

    def test_wrong_query_gives_defaults(self):
        own = self._own()
        for query in (
            "filterby=nonsense",
            "sortby=name;drop",
            "filterby[]=1",
            "search=%25%27",
        ):
            response = self.url_open(f"/my/requests?{query}")
            self.assertEqual(response.status_code, 200, query)
        self.assertIn(own.number, self.url_open("/my/requests?sortby=x").text)

    def test_page(self):
        ticket = self._own(description="<p>It prints stripes since Monday</p>")
        ticket.with_user(self.dispatcher).write({"priority": "3"})
        text = self.url_open(f"/my/requests/{ticket.id}").text
        self.assertIn(ticket.number, text)
        self.assertIn("stripes since Monday", text)
        for hidden in ("Critical", "Line 1", "Coordinator", "access_token="):
            self.assertNotIn(hidden, text)

    def test_letters_name_their_sender(self):
        ticket = self._own()
        self._send_due()
        letter = ticket.message_ids.filtered(
            lambda it: it.message_type == "auto_comment"
        )
        (values,) = letter.with_user(self.portal).portal_message_format()
        self.assertFalse(values["author_id"])
        self.assertEqual(values["email_from"], self.team.name)
        answer = ticket.with_user(self.engineer).message_post(
            body="On our way", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        (values,) = answer.with_user(self.portal).portal_message_format()
        self.assertEqual(values["author_id"]["name"], "Engineer")
        self.assertNotIn("email_from", values)

    def test_foreign_page(self):
        ticket = self._ticket(name="Not mine")
        for ticket_id in (ticket.id, 10**8):
            response = self.url_open(f"/my/requests/{ticket_id}")
            self.assertTrue(response.url.endswith("/my/requests"))
            self.assertNotIn("Not mine", response.text)

    def test_confirm(self):
        ticket = self._solved(partner_id=self.portal.partner_id.id)
        self._post(ticket, "confirm")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "closed")

    def test_reject_keeps_what_was_written(self):
        ticket = self._solved(partner_id=self.portal.partner_id.id)
        response = self._post(ticket, "reject", reason=" ")
        self.assertIn("Say why", response.text)
        self._post(ticket, "reject", reason="Still stripes")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "open")

    def test_reopen(self):
        ticket = self._solved(partner_id=self.portal.partner_id.id)
        self._post(ticket, "confirm")
        self._post(ticket, "reopen", reason="It is back")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "open")

    def test_withdraw(self):
        ticket = self._own()
        self._post(ticket, "withdraw", reason="Found it myself")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "cancelled")
        event = ticket.event_ids.filtered(lambda it: it.type == "cancelled")
        self.assertEqual(event.actor_id, self.portal.partner_id)
        self.assertEqual(event.reason, "Found it myself")

    def test_new_request(self):
        page = self.url_open("/my/requests/new").text
        csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
        data = {"csrf_token": csrf, "name": "Toner", "team_id": str(self.team.id)}
        files = [("files", ("photo.png", b"png", "image/png"))]
        self.url_open("/my/requests/new", data=data, files=files)
        ticket = self.env["ntr.ticket"].search(
            [("partner_id", "=", self.portal.partner_id.id)]
        )
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket._get_client_messages().attachment_ids.name, "photo.png")

    def test_rating_is_for_the_contact_alone(self):
        self.portal.partner_id.sudo().ntr_sees_company = True
        own = self._solved(partner_id=self.portal.partner_id.id)
        of_colleague = self._solved()
        for ticket in own | of_colleague:
            ticket.with_user(self.coordinator).close()
        self.assertIn("Rate our work", self.url_open(f"/my/requests/{own.id}").text)
        text = self.url_open(f"/my/requests/{of_colleague.id}").text
        self.assertIn(of_colleague.number, text)
        self.assertNotIn("Rate our work", text)

    def test_verbs_only_by_post(self):
        ticket = self._solved(partner_id=self.portal.partner_id.id)
        response = self.url_open(f"/my/requests/{ticket.id}/confirm")
        self.assertIn(response.status_code, (404, 405))
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "solved")

    def test_unknown_verb(self):
        ticket = self._solved(partner_id=self.portal.partner_id.id)
        self._post(ticket, "delete")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "solved")

    def test_counter_on_the_home_page(self):
        self._own()
        response = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["ntr_request_count"]}
        )
        self.assertEqual(response["ntr_request_count"], 1)

    def test_visitor_must_log_in(self):
        ticket = self._own()
        self.logout()
        response = self.url_open(f"/my/requests/{ticket.id}")
        self.assertIn("/web/login", response.url)

    def test_merged_request_leads_to_the_one_that_goes_on(self):
        merged, master = self._own(), self._own()
        merged.with_user(self.dispatcher).merge_into(master.id)
        page = self.url_open(f"/my/requests/{merged.id}")
        self.assertTrue(page.url.endswith(f"/my/requests/{master.id}"))
        last = self._ticket(partner_id=self.colleague.id)
        master.with_user(self.dispatcher).merge_into(last.id)
        page = self.url_open(f"/my/requests/{merged.id}")
        self.assertTrue(page.url.endswith(f"/my/requests/{merged.id}"))
        self.assertIn(last.number, page.text)
