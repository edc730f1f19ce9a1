from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tools.discuss import Store

from .common import HelpdeskCase

ALERT = {"Auto_Submitted": "auto-generated"}


class AutomaticCase(HelpdeskCase):
    """Mails that programs write."""

    def _journal(self, **domain):
        rows = [(name, "=", value) for name, value in domain.items()]
        return self.env["ntr.mail.journal"].search(rows, limit=1)

    def _count_tickets(self):
        return self.env["ntr.ticket"].search_count([])

    def _process(self, message, model=None):
        return self.env["mail.thread"].message_process(model, message.as_bytes())

    def _answer(self, **headers):
        """A mail that answers the first one of the client."""
        values = {
            "Subject": "Automatic reply: Broken printer",
            "Message_ID": f"<answer{len(headers)}@romashka.example>",
            "In_Reply_To": "<first@romashka.example>",
            "Auto_Submitted": "auto-replied",
        }
        return self._mail("I am away until Monday", **{**values, **headers})

    def _first(self):
        return self._receive(self._mail(Message_ID="<first@romashka.example>"))


@tagged("post_install", "-at_install")
class TestMailAutomatic(AutomaticCase):
    """What programs write makes no work (C10, E7)."""

    # ------------------------------------------------------------
    # New mail
    # ------------------------------------------------------------

    def test_no_ticket_but_a_row(self):
        before = self._count_tickets()
        self.assertFalse(self._process(self._mail(Auto_Submitted="auto-replied")))
        journal = self._journal()
        self.assertEqual(journal.state, "automatic")
        self.assertEqual(journal.verdict, "auto_reply")
        self.assertIn("Auto-Submitted", journal.verdict_reason)
        self.assertEqual(journal.team_id, self.team)
        self.assertTrue(journal._get_raw())
        self.assertEqual(self._count_tickets(), before)

    def test_every_header_that_proves_it(self):
        before = self._count_tickets()
        for number, (name, value) in enumerate(
            (
                ("Auto_Submitted", "auto-generated"),
                ("Precedence", "bulk"),
                ("Precedence", "junk"),
                ("List_Id", "<news.shop.example>"),
                ("List_Unsubscribe", "<mailto:out@shop.example>"),
                ("X_Auto_Response_Suppress", "All"),
                ("X_Autoreply", "yes"),
                ("Return_Path", "<>"),
            )
        ):
            with self.subTest(f"{name}: {value}"):
                headers = {name: value, "Message_ID": f"<{number}@x.example>"}
                mail = self._mail(**headers)
                self.assertFalse(self._process(mail))
                self.assertEqual(self._journal().state, "automatic")
        self.assertEqual(self._count_tickets(), before)

    def test_a_person_is_no_program(self):
        for number, headers in enumerate(
            (
                {},
                {"Auto_Submitted": "no"},
                {"Subject": "Автоответ: меня нет на месте"},
                {"Subject": "Out of office: I am on vacation"},
                {"X_Auto_Response_Suppress": "OOF"},
                {"From": "Postmaster <postmaster@romashka.example>"},
            )
        ):
            with self.subTest(headers):
                mail = self._mail(**headers, Message_ID=f"<{number}@x.example>")
                self.assertTrue(self._process(mail))

    def test_wording_only_withholds_the_acknowledgement(self):
        ticket = self._receive(
            self._mail("Меня нет на месте", Subject="Автоответ: принтер")
        )
        self.assertTrue(ticket)
        self.assertFalse(self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)]))
        self.assertEqual(self._types(ticket), ["created", "client_message"])
        self.assertFalse(ticket.message_ids.ntr_verdict)

    def test_through_a_list_of_ours(self):
        mail = self._mail(List_Id="<support.desk.example>", Precedence="list")
        self.assertTrue(self._process(mail))

    def test_what_its_body_alone_says(self):
        mail = self._mail(Message_ID="<calendar@x.example>")
        mail.add_attachment(
            "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n",
            subtype="calendar",
            params={"method": "REPLY"},
        )
        before = self._count_tickets()
        self.assertFalse(self._process(mail))
        self.assertEqual(self._journal().state, "automatic")
        self.assertEqual(self._journal().verdict, "calendar")
        self.assertEqual(self._count_tickets(), before)

    def test_mail_to_another_app_is_its_own(self):
        alias = self.env["mail.alias"].create(
            {
                "alias_name": "new-leads",
                "alias_domain_id": self.alias_domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("crm.lead"),
            }
        )
        leads = self.env["crm.lead"].search_count([])
        mail = self._mail(To=alias.alias_full_name, Precedence="bulk")
        self._process(mail, "ntr.ticket")
        self.assertEqual(self.env["crm.lead"].search_count([]), leads + 1)

    def test_to_us_and_to_another_app(self):
        alias = self.env["mail.alias"].create(
            {
                "alias_name": "new-leads",
                "alias_domain_id": self.alias_domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("crm.lead"),
            }
        )
        leads = self.env["crm.lead"].search_count([])
        before = self._count_tickets()
        to = f"{self.team.alias_email}, {alias.alias_full_name}"
        self._process(self._mail(To=to, Precedence="bulk"))
        self.assertEqual(self.env["crm.lead"].search_count([]), leads + 1)
        self.assertEqual(self._count_tickets(), before)
        self.assertEqual(self._journal().state, "automatic")

    def test_it_costs_little(self):
        """At most 0.35 of a mail that a person wrote."""
        self._process(self._mail(Message_ID="<warm@x.example>"))
        self._process(self._mail(Message_ID="<warm2@x.example>", **ALERT))
        costs = []
        for headers in ({}, ALERT):
            mail = self._mail(Message_ID=f"<{len(headers)}@y.example>", **headers)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._process(mail)
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(costs[1], 0.35 * costs[0], costs)

    # ------------------------------------------------------------
    # One click from a ticket
    # ------------------------------------------------------------

    def test_a_ticket_all_the_same(self):
        self._process(self._mail("Toner low", Subject="Toner", **ALERT))
        journal = self._journal()
        action = journal.with_user(self.coordinator).action_make_ticket()
        ticket = journal.ticket_id
        self.assertEqual(action["res_id"], ticket.id)
        self.assertEqual(journal.state, "done")
        self.assertEqual(journal.released_by_id, self.coordinator)
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.partner_id, self.client)
        self.assertIn("Toner low", ticket.description)
        self.assertEqual(self._types(ticket)[-1], "client_message")
        self.assertFalse(ticket.message_ids.ntr_verdict)
        self.assertFalse(
            self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)]),
            "a program is never acknowledged",
        )

    def test_put_aside(self):
        self._process(self._mail(**ALERT))
        self._journal().with_user(self.coordinator).action_dismiss()
        self.assertEqual(self._journal().state, "dismissed")
        with self.assertRefused("does not wait here"):
            self._journal().with_user(self.coordinator).action_make_ticket()

    def test_taken_in_again_it_stays_automatic(self):
        self._process(self._mail(**ALERT))
        self._journal().with_user(self.coordinator).action_again()
        self.assertEqual(self._journal().state, "automatic")

    def test_rights(self):
        self._process(self._mail(**ALERT))
        for user in (self.engineer, self.dispatcher):
            with self.assertRefused("."):
                self._journal().with_user(user).action_make_ticket()
        other = new_test_user(
            self.env, "other@desk.example", groups="helpdesk_ntr.group_coordinator"
        )
        with self.assertRaises(AccessError):
            self._journal().with_user(other).action_make_ticket()
        self.assertEqual(self._journal().state, "automatic")

    def test_an_erased_person(self):
        self._process(self._mail(**ALERT))
        self.env["ntr.mail.rule"].create({"pattern": self.client.email})
        journal = self._journal()
        self.env["ntr.personal.data"]._erase(self.client)
        journal.invalidate_recordset()
        self.assertFalse(journal.raw)
        self.assertNotIn("ivan@romashka", journal.email_from or "")
        rules = self.env["ntr.mail.rule"].search([("pattern", "like", "ivan")])
        self.assertFalse(rules)

    # ------------------------------------------------------------
    # On a ticket
    # ------------------------------------------------------------

    def test_an_answer_is_folded(self):
        ticket = self._first()
        self.assertEqual(self._receive(self._answer()), ticket)
        message = ticket.message_ids[:1]
        self.assertEqual(message.ntr_verdict, "auto_reply")
        self.assertEqual(self._types(ticket)[-1], "automatic_message")
        self.assertEqual(self._journal().state, "done")
        self.assertFalse(ticket.message_ids[1:].filtered("ntr_verdict"))

    def test_only_colleagues_are_told_that_it_is_automatic(self):
        ticket = self._first()
        self._receive(self._answer())
        message = ticket.message_ids[:1]

        def read(user):
            store = Store().add(message.with_user(user).sudo())
            return store.get_result()["mail.message"][0].get("ntr_verdict")

        self.assertEqual(read(self.engineer), "auto_reply")
        portal = new_test_user(self.env, "portal@x.example", groups="base.group_portal")
        self.assertFalse(read(portal))

    def test_by_the_number_in_its_subject(self):
        ticket = self._first()
        before = self._count_tickets()
        mail = self._answer(
            Subject=f"Автоответ: [{ticket.number}] принтер", In_Reply_To=None
        )
        self.assertTrue(self.env["ntr.mail.journal"]._answers_ours(mail))
        self._process(mail)
        self.assertEqual(self._count_tickets(), before)

    def test_nobody_gets_a_mail_of_it(self):
        ticket = self._first()
        ticket.message_subscribe(self.engineer.partner_id.ids)
        before = self.env["mail.mail"].search_count([])
        self._receive(self._answer())
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self._receive(
            self._mail(
                "No, it is broken",
                Message_ID="<person@romashka.example>",
                In_Reply_To="<first@romashka.example>",
            )
        )
        self.assertGreater(self.env["mail.mail"].search_count([]), before)

    def test_it_is_no_answer(self):
        ticket = self._first()
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).wait_for("client", "Model?")
        self._receive(self._answer())
        self.assertEqual(ticket.state, "waiting")
        ticket.with_user(self.engineer).resume()
        ticket.with_user(self.engineer).solve("Done", self.cause.id)
        self._receive(self._answer(Message_ID="<again@romashka.example>"))
        self.assertEqual((ticket.state, ticket.reopen_count), ("solved", 0))

    def test_a_read_receipt_is_no_failure(self):
        ticket = self._first()
        receipt = (
            f"From: ivan@romashka.example\nTo: {self.team.alias_email}\n"
            "Subject: Read: Broken printer\n"
            "Message-ID: <receipt@romashka.example>\n"
            "In-Reply-To: <first@romashka.example>\n"
            "Content-Type: multipart/report; boundary=b;\n"
            " report-type=disposition-notification\n\n"
            "--b\nContent-Type: text/plain\n\nIt was read.\n"
            "--b\nContent-Type: message/disposition-notification\n\n"
            "Disposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n"
        )
        self.env["mail.thread"].message_process(None, receipt)
        self.assertEqual(self._types(ticket)[-1], "automatic_message")
        self.assertEqual(ticket.message_ids[:1].ntr_verdict, "receipt")
        self.assertNotIn("undelivered", self._types(ticket))

    def test_a_caller_does_not_fold_his_words(self):
        ticket = self._ticket()
        message = ticket.with_user(self.engineer).message_post(
            body="Hello", message_type="comment", ntr_verdict="auto_reply"
        )
        self.assertFalse(message.ntr_verdict)


@tagged("post_install", "-at_install")
class TestMailAlerts(AutomaticCase):
    """Teams that make tickets of what devices send."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.write(
            {
                "is_accepting_automatic": True,
                "automatic_limit": 3,
                "automatic_minutes": 60,
            }
        )

    def _alert(self, number, sender="ups@plant.example", **headers):
        return self._receive(
            self._mail(
                f"Alarm {number}",
                From=sender,
                Subject=f"Alarm {number}",
                Message_ID=f"<{number}.{sender}>",
                **{**ALERT, **headers},
            )
        )

    def test_an_alert_is_a_ticket(self):
        ticket = self._alert(1)
        self.assertEqual(ticket.name, "Alarm 1")
        self.assertEqual(self._types(ticket), ["created", "automatic_message"])
        self.assertFalse(self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)]))
        self.assertFalse(ticket.message_ids.ntr_verdict, "what is wanted is not folded")

    def test_other_forms_of_alerts(self):
        self.assertTrue(self._alert(1, Auto_Submitted=None, Precedence="bulk"))
        self.assertTrue(self._alert(2, Auto_Submitted=None, Return_Path="<>"))

    def test_what_answers_by_itself_is_no_alert(self):
        self.assertFalse(self._alert(1, Auto_Submitted="auto-replied"))
        self.assertEqual(self._journal().state, "automatic")

    def test_beyond_the_limit_they_are_one(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 1000)
        tickets = self.env["ntr.ticket"]
        for number in range(10):
            tickets |= self._alert(number)
        self.assertEqual(len(tickets), 3)
        last = tickets.sorted("id")[-1]
        self.assertTrue(last.is_collecting)
        said = "".join(str(it.body) for it in last.message_ids)
        for number in range(2, 10):
            self.assertIn(f"Alarm {number}", said)
        self.assertEqual(said.count("are collected here"), 1)
        self.assertNotIn(self._alert(20, "other@plant.example"), tickets)

    def test_the_limit_holds_for_a_time(self):
        with self._at("2026-03-02 09:00:00"):
            for number in range(3):
                self._alert(number)
        before = self._count_tickets()
        # Odoo writes when a ticket was made by the clock of the database
        self.env.cr.execute(
            "UPDATE ntr_ticket SET create_date = '2026-03-02 09:00:00'"
            " WHERE email_from ILIKE '%ups@plant.example%'"
        )
        self.env.invalidate_all()
        self._alert(5)
        self.assertEqual(self._count_tickets(), before + 1)

    def test_without_an_open_one_there_is_a_new_one(self):
        tickets = self.env["ntr.ticket"].union(*(self._alert(it) for it in range(3)))
        tickets.with_user(self.dispatcher).cancel("Known", "other")
        self.assertNotIn(self._alert(4), tickets)

    def test_other_teams_accept_none(self):
        other = self.env["ntr.team"].create(
            {
                "name": "Other",
                "alias_name": "other-desk",
                "alias_domain_id": self.alias_domain.id,
            }
        )
        mail = self._mail(To=other.alias_email, **ALERT)
        self.assertFalse(self._process(mail))
        self.assertEqual(self._journal().team_id, other)

    def test_limits_are_positive(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.team.automatic_limit = 0
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestMailLoops(AutomaticCase):
    """Two programs that answer each other stop."""

    def _count_letters(self, ticket):
        self._send_due()
        ticket.invalidate_recordset()
        types = ticket.message_ids.mapped("message_type")
        return types.count("auto_comment")

    def test_our_own_acknowledgement_as_theirs(self):
        """Another help desk answers by itself, with the header and without."""
        ticket = self._first()
        self.assertEqual(self._count_letters(ticket), 1)
        letter = ticket.message_ids[:1]
        before = self._count_tickets()
        for number, headers in enumerate(
            (
                {"Auto_Submitted": "auto-replied", "In_Reply_To": letter.message_id},
                {"In_Reply_To": letter.message_id},
                {"Auto_Submitted": "auto-replied"},
            )
        ):
            self._receive(
                self._mail(
                    "We have received your request and registered it under the number "
                    "HD-2026-99999.",
                    Subject="[HD-2026-99999] Your request",
                    Message_ID=f"<ack{number}@romashka.example>",
                    **headers,
                )
            )
            self.assertEqual(self._count_letters(ticket), 1)
        self.assertEqual(self._count_tickets(), before)

    def test_without_any_sign_of_a_program(self):
        """Neither header nor thread: its words keep us from answering."""
        for body in (
            "We have received your request and registered it under the number 7.",
            "Здравствуйте! Ваша заявка № 7 зарегистрирована.",
        ):
            ticket = self._receive(
                self._mail(body, Message_ID=f"<{len(body)}@romashka.example>")
            )
            self.assertTrue(ticket)
            self.assertEqual(self._count_letters(ticket), 0)

    def test_a_sender_gets_no_letters_without_end(self):
        set_param = self.env["ir.config_parameter"].set_param
        set_param("helpdesk_ntr.acknowledge_limit", 2)
        letters = []
        for number in range(5):
            ticket = self._receive(
                self._mail(
                    f"Something new {number}",
                    Subject=f"Something {number}",
                    Message_ID=f"<{number}@romashka.example>",
                )
            )
            letters.append(self._count_letters(ticket))
        self.assertEqual(letters, [1, 1, 0, 0, 0])
        self.assertFalse(
            self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)]),
            "it does not wait for ever",
        )

    def test_others_are_not_limited_by_him(self):
        self.env["ir.config_parameter"].set_param("helpdesk_ntr.acknowledge_limit", 1)
        self.assertEqual(self._count_letters(self._first()), 1)
        ticket = self._receive(
            self._mail(From="anna@romashka.example", Message_ID="<a@romashka.example>")
        )
        self.assertEqual(self._count_letters(ticket), 1)

    def test_requests_by_phone_are_not_limited(self):
        self.env["ir.config_parameter"].set_param("helpdesk_ntr.acknowledge_limit", 1)
        phone = self.env.ref("helpdesk_ntr.ntr_channel_phone")
        for __ in range(3):
            ticket = self._ticket(channel_id=phone.id)
            self.assertEqual(self._count_letters(ticket), 1)

    def test_once_per_request(self):
        ticket = self._first()
        self.assertEqual(self._count_letters(ticket), 1)
        self.assertTrue(ticket.acknowledged_at)
        ticket._schedule_acknowledgements()
        self.assertEqual(self._count_letters(ticket), 1)

    def test_sixty_automatic_replies(self):
        ticket = self._first()
        before = self._count_tickets()
        mails = self.env["mail.mail"].search_count([])
        for number in range(60):
            is_answer = number % 2
            self._process(
                self._answer(
                    Message_ID=f"<reply{number}@romashka.example>",
                    In_Reply_To="<first@romashka.example>" if is_answer else None,
                )
            )
        self.assertEqual(self._count_tickets(), before)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails, "no bounces")
        rows = self.env["ntr.mail.journal"].search(
            [("verdict", "=", "auto_reply"), ("team_id", "=", self.team.id)]
        )
        self.assertEqual(len(rows), 60, "nothing is lost")
        self.assertEqual(len(rows.filtered(lambda it: it.state == "automatic")), 30)
        folded = ticket.message_ids.filtered("ntr_verdict")
        self.assertEqual(len(folded), 30)
