from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestPortalEmployee(HelpdeskCase, HttpCase):
    """An employee without a role in the help desk asks as a client does (S126)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee, cls.workmate = (
            new_test_user(
                cls.env,
                login,
                password=login,
                groups="base.group_user",
                name=name,
                lang="en_US",
            )
            for login, name in (
                ("bookkeeper@desk.example", "Vera Bookkeeper"),
                ("workmate@desk.example", "Boris Workmate"),
            )
        )
        # both of the firm that runs the help desk
        (cls.employee | cls.workmate).partner_id.parent_id = cls.company.partner_id

    def setUp(self):
        super().setUp()
        self._login(self.employee)

    def _login(self, user):
        self.authenticate(user.login, user.login)
        self.opener.cookies["frontend_lang"] = "en_US"

    def _own(self, **values):
        return self._ticket(partner_id=self.employee.partner_id.id, **values)

    def _own_solved(self, **values):
        return self._solved(partner_id=self.employee.partner_id.id, **values)

    def _page(self, path):
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200, path)
        return response.text

    def _post(self, path, data=None, files=None):
        page = html.fromstring(self._page("/my/requests/new"))
        csrf = page.xpath("//input[@name='csrf_token']/@value")[0]
        data = {"csrf_token": csrf, **(data or {})}
        response = self.url_open(path, data=data, files=files)
        self.env.invalidate_all()
        return response

    def _is_list(self, response):
        return response.url.split("?")[0].endswith("/my/requests")

    # ------------------------------------------------------------
    # What he sees
    # ------------------------------------------------------------

    def test_list_shows_only_what_he_asked(self):
        own = self._own(name="My invoice printer")
        client = self._ticket(name="Of a client")
        mate = self._ticket(
            name="Asked by a workmate", partner_id=self.workmate.partner_id.id
        )
        self.assertEqual(own.commercial_partner_id, mate.commercial_partner_id)
        text = self._page("/my/requests")
        self.assertIn(own.number, text)
        for other in client | mate:
            self.assertNotIn(other.number, text)
            self.assertNotIn(other.name, text)

    def test_list_finds_only_what_he_asked(self):
        own = self._own(name="My invoice printer")
        mate = self._ticket(
            name="Printer of a workmate", partner_id=self.workmate.partner_id.id
        )
        text = self._page("/my/requests?search=printer&filterby=open&sortby=name")
        self.assertIn(own.number, text)
        self.assertNotIn(mate.number, text)

    def test_counter(self):
        self._own()
        self._ticket(partner_id=self.workmate.partner_id.id)
        response = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["ntr_request_count"]}
        )
        self.assertEqual(response["ntr_request_count"], 1)

    def test_home_page_leads_there(self):
        self.assertIn('href="/my/requests"', self._page("/my"))

    def test_page(self):
        ticket = self._own(description="<p>Stripes on every invoice</p>")
        ticket.with_user(self.dispatcher).write({"priority": "3"})
        text = self._page(f"/my/requests/{ticket.id}")
        self.assertIn("Stripes on every invoice", text)
        for hidden in ("Critical", "Line 1", "Coordinator", "access_token="):
            self.assertNotIn(hidden, text)

    def test_foreign_page_and_its_verbs(self):
        foreign = self._solved(partner_id=self.workmate.partner_id.id)
        for ticket_id in (foreign.id, 10**8, 10**12):
            response = self.url_open(f"/my/requests/{ticket_id}")
            self.assertTrue(self._is_list(response))
            self.assertNotIn(foreign.name, response.text)
            for verb in ("confirm", "reject", "reopen", "withdraw", "rate", "message"):
                response = self._post(
                    f"/my/requests/{ticket_id}/{verb}", {"reason": "x", "text": "x"}
                )
                self.assertTrue(self._is_list(response), verb)
        self.assertEqual(foreign.state, "solved")
        self.assertNotIn("client_message", self._types(foreign))

    def test_ticket_of_another_company(self):
        company = self.env["res.company"].create({"name": "Sister"})
        ticket = self._own()
        self.env.cr.execute(
            "UPDATE ntr_ticket SET company_id = %s WHERE id = %s",
            (company.id, ticket.id),
        )
        self.env.invalidate_all()
        self.assertNotIn(ticket.number, self._page("/my/requests"))
        self.assertTrue(self._is_list(self.url_open(f"/my/requests/{ticket.id}")))

    def test_confidential_request_of_his_own(self):
        ticket = self._own(is_confidential=True)
        self.assertIn(ticket.number, self._page(f"/my/requests/{ticket.id}"))

    # ------------------------------------------------------------
    # The conversation
    # ------------------------------------------------------------

    def test_conversation_without_what_is_for_colleagues(self):
        ticket = self._own()
        as_engineer = ticket.with_user(self.engineer)
        as_engineer.message_post(body="Secret note", subtype_xmlid="mail.mt_note")
        as_engineer.message_post(
            body="Said among us",
            subtype_xmlid="mail.mt_comment",
            message_type="comment",
            is_internal=True,
        )
        as_engineer.message_post(
            body="We are coming",
            subtype_xmlid="mail.mt_comment",
            message_type="comment",
            attachments=[("guide.txt", b"Open the lid")],
        )
        text = self._page(f"/my/requests/{ticket.id}")
        self.assertIn("We are coming", text)
        self.assertIn("guide.txt", text)
        self.assertNotIn("Secret note", text)
        self.assertNotIn("Said among us", text)

    def test_answer_that_is_held_back_is_not_shown(self):
        self.team.undo_seconds = 60
        ticket = self._own()
        ticket.with_user(self.engineer).message_post(
            body="Not yet out",
            subtype_xmlid="mail.mt_comment",
            message_type="comment",
            partner_ids=self.employee.partner_id.ids,
        )
        self.assertTrue(ticket.held_message_id)
        self.assertNotIn("Not yet out", self._page(f"/my/requests/{ticket.id}"))

    def test_files(self):
        ticket = self._own()
        as_engineer = ticket.with_user(self.engineer)
        shown = as_engineer.message_post(
            body="Here",
            subtype_xmlid="mail.mt_comment",
            message_type="comment",
            attachments=[("guide.html", b"<script>alert(1)</script>")],
        ).attachment_ids
        hidden = as_engineer.message_post(
            body="For us", attachments=[("prices.txt", b"secret prices")]
        ).attachment_ids
        loose = self.env["ir.attachment"].create(
            {
                "name": "loose.txt",
                "raw": b"secret too",
                "res_model": ticket._name,
                "res_id": ticket.id,
            }
        )
        response = self.url_open(f"/my/requests/{ticket.id}/files/{shown.id}")
        self.assertEqual(response.content, b"<script>alert(1)</script>")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        for file in hidden | loose:
            response = self.url_open(f"/my/requests/{ticket.id}/files/{file.id}")
            self.assertNotIn(b"secret", response.content)
        foreign = self._ticket()
        response = self.url_open(f"/my/requests/{foreign.id}/files/{shown.id}")
        self.assertNotIn(b"alert", response.content)

    def test_message(self):
        ticket = self._own()
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).wait_for("client", "Which printer?")
        self._post(
            f"/my/requests/{ticket.id}/message",
            {"text": "The one\nby <b>the window</b>"},
            files=[("files", ("photo.png", b"not really", "image/png"))],
        )
        message = ticket._get_client_messages()[-1:]
        self.assertEqual(message.author_id, self.employee.partner_id)
        self.assertIn("&lt;b&gt;the window", message.body)
        self.assertEqual(message.attachment_ids.name, "photo.png")
        self.assertEqual(message.ntr_channel_id.id, self._portal_id())
        self.assertEqual(ticket.state, "open")
        event = ticket.event_ids.filtered(lambda it: it.type == "client_message")
        self.assertEqual(event.actor_id, self.employee.partner_id)
        self.assertEqual(event.audience, "client")

    def _portal_id(self):
        return self.env.ref("helpdesk_ntr.ntr_channel_portal").id

    def test_empty_message(self):
        ticket = self._own()
        self._post(f"/my/requests/{ticket.id}/message", {"text": "  \n"})
        self._post(f"/my/requests/{ticket.id}/message")
        self.assertNotIn("client_message", self._types(ticket))

    def test_message_after_the_time_to_reopen_starts_a_new_one(self):
        self.team.reopen_policy = "never"
        ticket = self._own_solved()
        ticket.with_user(self.coordinator).close()
        self._post(f"/my/requests/{ticket.id}/message", {"text": "It is back"})
        following = ticket.next_ids
        self.assertEqual(following.partner_id, self.employee.partner_id)
        self.assertEqual(following.channel_id.id, self._portal_id())
        self.assertFalse(following.first_response_at)

    # ------------------------------------------------------------
    # What he decides
    # ------------------------------------------------------------

    def _assert_event(self, ticket, event_type, reason):
        event = ticket.event_ids.filtered(lambda it: it.type == event_type)
        self.assertEqual(event.actor_id, self.employee.partner_id)
        self.assertEqual(event.audience, "client")
        self.assertEqual(event.reason or "", reason)

    def test_confirm_and_rate(self):
        ticket = self._own_solved()
        self._post(f"/my/requests/{ticket.id}/confirm")
        self.assertEqual(ticket.state, "closed")
        self._assert_event(ticket, "confirmed", "")
        self.assertIn("Rate our work", self._page(f"/my/requests/{ticket.id}"))
        response = self._post(f"/my/requests/{ticket.id}/rate")
        self.assertIn("/rate/", response.url)
        form = html.fromstring(response.text).xpath("//form")[0]
        self._post(form.get("action"), {"rate": "5", "feedback": "Quick"})
        self.assertEqual(ticket.rating_last_value, 5)
        event = ticket.event_ids.filtered(lambda it: it.type == "rated")
        self.assertEqual(event.actor_id, self.employee.partner_id)
        self.assertNotIn("Rate our work", self._page(f"/my/requests/{ticket.id}"))
        self.assertEqual(ticket.state, "closed")

    def test_rating_only_what_is_closed(self):
        ticket = self._own()
        self.assertTrue(self._is_list(self._post(f"/my/requests/{ticket.id}/rate")))
        self.assertFalse(ticket.rating_ids)

    def test_reject(self):
        ticket = self._own_solved()
        response = self._post(f"/my/requests/{ticket.id}/reject", {"reason": " "})
        self.assertIn("Say why", response.text)
        self.assertEqual(ticket.state, "solved")
        self._post(f"/my/requests/{ticket.id}/reject", {"reason": "Still stripes"})
        self.assertEqual(ticket.state, "open")
        self._assert_event(ticket, "rejected", "Still stripes")

    def test_reopen_as_the_team_decides(self):
        ticket = self._own_solved()
        self._post(f"/my/requests/{ticket.id}/confirm")
        self.team.reopen_policy = "until_closed"
        self._post(f"/my/requests/{ticket.id}/reopen", {"reason": "Again"})
        self.assertEqual(ticket.state, "closed")
        self.team.reopen_policy = "window"
        self._post(f"/my/requests/{ticket.id}/reopen", {"reason": "Again"})
        self.assertEqual(ticket.state, "open")
        self._assert_event(ticket, "reopened", "Again")

    def test_withdraw(self):
        ticket = self._own()
        ticket.with_user(self.engineer).take()
        response = self._post(f"/my/requests/{ticket.id}/withdraw")
        self.assertIn("Say why", response.text)
        self._post(f"/my/requests/{ticket.id}/withdraw", {"reason": "Works again"})
        self.assertEqual(ticket.state, "cancelled")
        self._assert_event(ticket, "cancelled", "Works again")
        told = self.env["mail.message"].search(
            [
                ("model", "=", ticket._name),
                ("res_id", "=", ticket.id),
                ("partner_ids", "in", self.engineer.partner_id.ids),
            ]
        )
        self.assertIn("Works again", told[:1].body)

    def test_withdraw_only_what_is_in_work(self):
        ticket = self._own_solved()
        response = self._post(f"/my/requests/{ticket.id}/withdraw", {"reason": "x"})
        self.assertIn("nothing to withdraw", response.text)
        self.assertEqual(ticket.state, "solved")

    # ------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------

    def _ask(self, **data):
        values = {"name": "Toner", "text": "It is empty", "team_id": str(self.team.id)}
        files = data.pop("files", None)
        return self._post("/my/requests/new", {**values, **data}, files=files)

    def _asked(self, user=None):
        partner = (user or self.employee).partner_id
        return self.env["ntr.ticket"].search([("partner_id", "=", partner.id)])

    def test_ask(self):
        response = self._ask(files=[("files", ("photo.png", b"png", "image/png"))])
        ticket = self._asked()
        self.assertTrue(response.url.endswith(f"/my/requests/{ticket.id}"))
        self.assertEqual(ticket.name, "Toner")
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.channel_id.id, self._portal_id())
        self.assertEqual(ticket.state, "new")
        self.assertTrue(ticket.unanswered_since)
        self.assertFalse(ticket.first_response_at)
        self.assertEqual(ticket._get_client_messages().attachment_ids.name, "photo.png")
        self.assertIn("photo.png", response.text)
        created = ticket.event_ids.filtered(lambda it: it.type == "created")
        self.assertEqual(created.actor_id, self.employee.partner_id)

    def test_ask_without_subject_keeps_what_was_written(self):
        response = self._ask(name="  ", text="A long story")
        self.assertIn("Write the subject", response.text)
        self.assertIn("A long story", response.text)
        self.assertFalse(self._asked())

    def test_ask_only_offered_teams(self):
        self.team.serves = "clients"
        page = self._page("/my/requests/new")
        self.assertNotIn(f'value="{self.team.id}"', page)
        for team_id in (str(self.team.id), "x", "-1", ""):
            self._ask(team_id=team_id)
        self.assertNotIn(self.team, self._asked().team_id)

    def test_client_is_not_offered_what_is_for_employees(self):
        portal = new_test_user(
            self.env,
            "portal@romashka.example",
            password="portal@romashka.example",
            groups="base.group_portal",
        )
        self.team.serves = "employees"
        self._login(portal)
        self._ask()
        asked = self._asked(portal)
        self.assertNotIn(self.team, asked.team_id)
        self.team.serves = "clients"
        self._ask()
        self.assertIn(self.team, self._asked(portal).team_id)

    def test_client_is_bound_by_his_limits(self):
        another = self.team.copy({"name": "Another", "alias_name": "another"})
        client = self.employee.partner_id.commercial_partner_id
        client.with_user(self.coordinator).sudo().ntr_team_ids = another
        teams = self.env["ntr.team"].with_user(self.employee)._get_offered()
        self.assertEqual(teams, another)
        with self.assertRefused("may not ask team"):
            self.env["ntr.ticket"].with_user(self.employee)._register_in_cabinet(
                self.team, "Toner", ""
            )

    def test_wrong_form_values(self):
        self._ask(
            name="x",
            files=[("text", ("text", b"no text", "text/plain"))],
        )
        self._ask(name="With \x00 null", text="\x00")
        self.assertEqual(len(self._asked()), 2)

    # ------------------------------------------------------------
    # Other doors stay closed
    # ------------------------------------------------------------

    def test_no_rights_over_rpc(self):
        ticket, foreign = self._own_solved(), self._ticket()
        note = ticket.with_user(self.engineer).message_post(body="Secret note")
        calls = [
            ("ntr.ticket", "read", [ticket.ids, ["priority"]]),
            ("ntr.ticket", "search_read", [[]]),
            ("ntr.ticket", "web_read", [ticket.ids, {"name": {}}]),
            ("ntr.ticket", "confirm", [ticket.ids]),
            ("ntr.ticket", "message_post", [foreign.ids]),
            ("ntr.ticket", "write", [ticket.ids, {"name": "x"}]),
            ("ntr.ticket", "create", [[{"name": "x"}]]),
            ("ntr.ticket.event", "search_read", [[]]),
            ("mail.message", "read", [note.ids, ["body"]]),
        ]
        for model, method, args in calls:
            with (
                self.subTest(model=model, method=method),
                self.assertRaisesRegex(Exception, "AccessError|not allowed|access"),
                mute_logger("odoo.http"),
            ):
                self.make_jsonrpc_request(
                    f"/web/dataset/call_kw/{model}/{method}",
                    {"model": model, "method": method, "args": args, "kwargs": {}},
                )
        self.env.invalidate_all()
        self.assertEqual(ticket.state, "solved")

    def test_no_notes_by_search(self):
        ticket = self._own()
        ticket.with_user(self.engineer).message_post(body="Secret note")
        messages = self.env["mail.message"].with_user(self.employee)
        domain = [("model", "=", "ntr.ticket"), ("res_id", "=", ticket.id)]
        self.assertNotIn("Secret note", "".join(messages.search(domain).mapped("body")))

    def test_no_conversation_by_the_portals_own_routes(self):
        ticket = self._own()
        ticket.with_user(self.engineer).message_post(body="Secret note")
        thread = {"thread_model": "ntr.ticket", "thread_id": ticket.id}
        for route in ("/mail/chatter_fetch", "/mail/thread/messages"):
            answer = self.make_jsonrpc_request(route, thread)
            self.assertNotIn("Secret note", str(answer), route)
        with (
            self.assertRaisesRegex(Exception, "NotFound|404"),
            mute_logger("odoo.http"),
        ):
            self.make_jsonrpc_request(
                "/mail/message/post", {**thread, "post_data": {"body": "x"}}
            )

    def test_link_of_a_letter_leads_to_the_cabinet(self):
        own, foreign = self._own(), self._ticket()
        response = self.url_open(f"/mail/view?model=ntr.ticket&res_id={own.id}")
        self.assertTrue(response.url.endswith(f"/my/requests/{own.id}"))
        response = self.url_open(f"/mail/view?model=ntr.ticket&res_id={foreign.id}")
        self.assertNotIn(foreign.name, response.text)
        self.assertNotIn("/my/requests", response.url)

    # ------------------------------------------------------------
    # Colleagues with a role
    # ------------------------------------------------------------

    def test_engineer_is_a_client_of_what_he_asks(self):
        self.engineer2.password = self.engineer2.login
        own = self._solved(partner_id=self.engineer2.partner_id.id)
        own.with_user(self.engineer).message_post(body="Secret note")
        of_team = self._ticket(team_id=self.team.id)
        of_team.with_user(self.engineer2).check_access("read")
        self._login(self.engineer2)
        text = self._page("/my/requests")
        self.assertIn(own.number, text)
        self.assertNotIn(of_team.number, text)
        text = self._page(f"/my/requests/{own.id}")
        self.assertNotIn("Secret note", text)
        self.assertTrue(self._is_list(self.url_open(f"/my/requests/{of_team.id}")))
        with self.assertRaises(AccessError):
            own.with_user(self.engineer2).confirm()
        self._post(f"/my/requests/{own.id}/confirm")
        self.assertEqual(own.state, "closed")
        event = own.event_ids.filtered(lambda it: it.type == "confirmed")
        self.assertEqual(event.actor_id, self.engineer2.partner_id)
