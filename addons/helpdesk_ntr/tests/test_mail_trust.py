from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import HelpdeskCase, TwoAtOnceCase

FIRST = "<first@romashka.example>"
FAIL = "mx.desk.example; dmarc=fail (p=none) header.from={}"


class TrustCase(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_team = cls.env["ntr.team"].create(
            {
                "name": "Other desk",
                "company_id": cls.company.id,
                "alias_name": "other-desk",
                "alias_domain_id": cls.alias_domain.id,
                "coordinator_id": cls.director.id,
            }
        )
        cls.env["ir.config_parameter"].set_param(
            "helpdesk_ntr.mail_auth_servers", "mx.desk.example"
        )

    def _first(self, **headers):
        """A ticket that the client has made by mail."""
        return self._receive(self._mail(**{"Message_ID": FIRST, **headers}))

    def _answer(self, sender, number=1, **headers):
        """A mail that answers the client's own one."""
        headers = {
            "From": sender,
            "Message_ID": f"<answer{number}@x.example>",
            "In_Reply_To": FIRST,
            "Subject": "Re: Broken printer",
            **headers,
        }
        return self._mail("One more thing", **headers)

    def _journal(self):
        return self.env["ntr.mail.journal"].search([], limit=1)

    def _texts(self, ticket):
        ticket.invalidate_recordset(["message_ids"])
        return "".join(str(it.body) for it in ticket.message_ids)

    def _fail(self, address):
        return FAIL.format(address.rpartition("@")[2])


@tagged("post_install", "-at_install")
class TestMailTrust(TrustCase):
    """Who has no part in a ticket joins it only when he is let in (E6)."""

    def _assertJoined(self, ticket, message):
        self.assertEqual(self._receive(message), ticket)
        self.assertIn("One more thing", self._texts(ticket))
        self.assertEqual(self._journal().state, "done")

    def _assertWaits(self, ticket, message):
        """It stands in the journal, and nothing has come of it."""
        self.env.flush_all()
        counts = [self.env[it].search_count([]) for it in ("ntr.ticket", "mail.mail")]
        texts, followers = self._texts(ticket), ticket.message_partner_ids
        events = len(self._types(ticket))
        self.assertFalse(self._receive(message))
        journal = self._journal()
        self.assertEqual(journal.state, "join")
        self.assertEqual(journal.ticket_id, ticket)
        self.assertEqual(journal._get_raw(), message.as_bytes())
        self.assertFalse(journal.mail_message_id)
        self.assertEqual(self._texts(ticket), texts)
        self.assertEqual(ticket.message_partner_ids, followers)
        self.assertEqual(len(self._types(ticket)), events)
        after = [self.env[it].search_count([]) for it in ("ntr.ticket", "mail.mail")]
        self.assertEqual(after, counts, "no ticket and no mail")
        return journal

    # ------------------------------------------------------------
    # Who has part
    # ------------------------------------------------------------

    def test_the_client_himself(self):
        ticket = self._first()
        self._assertJoined(ticket, self._answer(self.client.email))
        self.assertEqual(self._journal().trust, "client")

    def test_a_colleague_of_the_client(self):
        self._assertJoined(self._first(), self._answer(self.colleague.email))

    def test_somebody_of_the_same_domain(self):
        self._assertJoined(self._first(), self._answer("new@romashka.example"))
        self.assertEqual(self._journal().trust, "unknown")

    def test_free_mail_is_no_firm(self):
        self.client.email = "ivan.petrov@gmail.com"
        ticket = self._first(From="ivan.petrov@gmail.com")
        self.assertEqual(ticket.partner_id, self.client)
        self._assertWaits(ticket, self._answer("petrov@gmail.com"))
        self._assertJoined(ticket, self._answer("ivan.petrov+x@gmail.com", 2))

    def test_who_stood_in_copy_answers_the_original_mail(self):
        ticket = self._first(Cc="Oleg <oleg@vector.example>, boss@gmail.com")
        self._assertJoined(ticket, self._answer("boss@gmail.com"))
        self._assertJoined(ticket, self._answer("oleg@vector.example", 2))

    def test_who_stood_in_to(self):
        ticket = self._first(To=f"boss@gmail.com, {self.team.alias_email}")
        self._assertJoined(ticket, self._answer("boss@gmail.com"))

    def test_who_stood_in_copy_of_a_later_mail(self):
        ticket = self._first()
        self._receive(self._answer(self.client.email, Cc="boss@gmail.com"))
        ticket.email_cc = False
        self._assertJoined(ticket, self._answer("boss@gmail.com", 2))

    def test_a_follower(self):
        ticket = self._first()
        ticket.message_subscribe(self.outsider.ids)
        self._assertJoined(ticket, self._answer(self.outsider.email))

    def test_whom_one_of_us_wrote_to(self):
        ticket = self._first()
        ticket.with_user(self.engineer).message_post(
            body="Do you know?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.outsider.ids,
        )
        self._assertJoined(ticket, self._answer(self.outsider.email))

    def test_one_of_our_people(self):
        ticket = self._first()
        self._assertJoined(ticket, self._answer(self.engineer2.email_formatted))
        self.assertEqual(self._journal().trust, "ours")
        self.assertEqual(ticket.message_ids[:1].author_id, self.engineer2.partner_id)

    # ------------------------------------------------------------
    # Who has none
    # ------------------------------------------------------------

    def test_a_stranger_with_a_reference(self):
        ticket = self._first()
        journal = self._assertWaits(ticket, self._answer("x@evil.example"))
        self.assertEqual(journal.trust, "unknown")
        self.assertEqual(journal.verdict, "human")

    def test_a_contact_of_another_client(self):
        journal = self._assertWaits(self._first(), self._answer(self.outsider.email))
        self.assertEqual(journal.trust, "unknown")

    def test_a_stranger_with_a_number(self):
        ticket = self._first()
        message = self._answer(
            "x@evil.example", In_Reply_To=None, Subject=f"Re: [{ticket.number}] printer"
        )
        self._assertWaits(ticket, message)

    def test_without_a_sender(self):
        self._assertWaits(self._first(), self._answer(None))

    def test_a_solved_ticket_stays_solved(self):
        ticket = self._first()
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).solve("Done", self.cause.id)
        self._assertWaits(ticket, self._answer("x@evil.example"))
        self.assertEqual(ticket.state, "solved")

    def test_who_answers_a_mail_that_waits_waits_too(self):
        ticket = self._first()
        self._receive(self._answer("x@evil.example"))
        message = self._answer(
            "y@evil.example", 2, In_Reply_To="<answer1@x.example>", Subject="Re: x"
        )
        self._assertWaits(ticket, message)

    def test_the_same_mail_waits_once(self):
        ticket = self._first()
        self._receive(self._answer("x@evil.example"))
        self._receive(self._answer("x@evil.example", X_Trace="another way"))
        waiting = [("ticket_id", "=", ticket.id), ("state", "=", "join")]
        self.assertEqual(self.env["ntr.mail.journal"].search_count(waiting), 1)

    # ------------------------------------------------------------
    # Forged senders
    # ------------------------------------------------------------

    def test_a_forged_colleague_who_answers(self):
        ticket = self._first()
        address = self.engineer2.email
        message = self._answer(address, Authentication_Results=self._fail(address))
        journal = self._assertWaits(ticket, message)
        self.assertEqual(journal.doubt, "dmarc=fail")
        self.assertEqual(journal.trust, "unknown")

    def test_a_forged_colleague_who_asks(self):
        address = self.dispatcher.email
        ticket = self._first(From=address, Authentication_Results=self._fail(address))
        self.assertFalse(ticket.partner_id)
        self.assertFalse(ticket.message_ids.author_id)
        self.assertNotEqual(ticket.create_uid, self.dispatcher)
        self.assertEqual(ticket.sender_doubt, "dmarc=fail")
        self.assertEqual(ticket.message_ids[-1:].ntr_sender_doubt, "dmarc=fail")
        self.assertEqual(self._types(ticket), ["created", "client_message"])
        self.assertFalse(ticket.first_response_at)
        notices = self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)])
        self.assertFalse(notices, "the letter would go to the colleague")

    def test_a_proven_colleague(self):
        address = self.engineer2.email
        good = "mx.desk.example; dmarc=pass header.from=desk.example"
        ticket = self._first(From=address, Authentication_Results=good)
        self.assertEqual(ticket.partner_id, self.engineer2.partner_id)
        self.assertFalse(ticket.sender_doubt)

    def test_the_word_of_a_stranger_server_counts_for_nothing(self):
        address = self.engineer2.email
        ticket = self._first(
            From=address,
            Authentication_Results="mx.evil.example; dmarc=fail header.from=x",
        )
        self.assertEqual(ticket.partner_id, self.engineer2.partner_id)

    def test_a_forged_client(self):
        address = self.client.email
        ticket = self._first(From=address, Authentication_Results=self._fail(address))
        self.assertFalse(ticket.partner_id)
        self.assertEqual(ticket.sender_doubt, "dmarc=fail")
        self.assertEqual(ticket.sender_choices[0]["id"], self.client.id)

    def test_a_forged_client_who_answers(self):
        ticket = self._first()
        address = self.client.email
        message = self._answer(address, Authentication_Results=self._fail(address))
        self._assertWaits(ticket, message)

    def test_two_senders_prove_nobody(self):
        both = f"{self.engineer2.email}, x@evil.example"
        self._assertWaits(self._first(), self._answer(both))

    def test_the_settings_name_the_servers(self):
        self.env["res.config.settings"].create(
            {"ntr_mail_auth_servers": "mx1.desk.example, mx2.desk.example"}
        ).execute()
        servers = self.env["ntr.ticket"]._get_auth_servers()
        self.assertEqual(servers, ["mx1.desk.example", "mx2.desk.example"])

    def test_nobody_marks_by_hand(self):
        ticket = self._first()
        with self.assertRefused("cannot be set by hand"):
            ticket.with_user(self.director).sender_doubt = "x"

    # ------------------------------------------------------------
    # Numbers
    # ------------------------------------------------------------

    def _numbered(self, ticket, sender, **headers):
        return self._answer(
            sender,
            In_Reply_To=None,
            Subject=f"Ответ: [{ticket.number}] printer",
            **headers,
        )

    def test_the_client_with_the_number(self):
        ticket = self._first()
        self._assertJoined(ticket, self._numbered(ticket, self.client.email))

    def test_a_number_of_no_ticket(self):
        message = self._answer(
            self.client.email, In_Reply_To=None, Subject="[HD-1999-99999] printer"
        )
        self.assertNotEqual(self._receive(message), self._first())
        self.assertEqual(self._journal().state, "done")

    def test_of_several_numbers_the_own_one(self):
        strange = self._ticket(partner_id=self.outsider.id)
        own = self._ticket()
        message = self._answer(
            self.client.email,
            In_Reply_To=None,
            Subject=f"{strange.number} and {own.number}",
        )
        self.assertEqual(self._receive(message), own)

    def test_the_reference_goes_before_the_number(self):
        ticket, other = self._first(), self._ticket()
        message = self._answer(self.client.email, Subject=f"[{other.number}] x")
        self.assertEqual(self._receive(message), ticket)

    def test_a_merged_number_leads_to_the_master(self):
        master, ticket = self._ticket(), self._first()
        ticket.with_user(self.dispatcher).merge_into(master.id)
        self._assertJoined(master, self._numbered(ticket, self.client.email))
        journal = self._assertWaits(master, self._numbered(ticket, "x@evil.example"))
        self.assertEqual(journal.team_id, self.team)

    def test_the_letters_of_our_numbers_may_change(self):
        sequence = self.env.ref("helpdesk_ntr.ir_sequence_ticket")
        sequence.prefix = "СП-%(year)s-"
        ticket = self._ticket()
        self.assertTrue(ticket.number.startswith("СП-"))
        self._assertJoined(ticket, self._numbered(ticket, self.client.email))

    def test_what_a_colleague_forwards_is_a_note(self):
        ticket = self._first()
        colleague = self.engineer2.email
        self._assertJoined(ticket, self._numbered(ticket, colleague))
        self.assertEqual(ticket.message_ids[:1].ntr_audience, "staff")
        self.assertFalse(ticket.first_response_at)

    def test_what_a_colleague_writes_to_the_client_is_an_answer(self):
        ticket = self._first()
        colleague = self.engineer2.email
        both = f"{self.client.email}, {self.team.alias_email}"
        self._assertJoined(ticket, self._numbered(ticket, colleague, To=both))
        self.assertEqual(ticket.message_ids[:1].ntr_audience, "client")
        self.assertTrue(ticket.first_response_at)

    def test_a_client_who_answers_a_note_speaks_openly(self):
        ticket = self._first()
        note = ticket.with_user(self.engineer).message_post(
            body="Hm", subtype_xmlid="mail.mt_note"
        )
        message = self._answer(self.client.email, In_Reply_To=note.message_id)
        self._assertJoined(ticket, message)
        self.assertEqual(ticket.message_ids[:1].ntr_audience, "client")


@tagged("post_install", "-at_install")
class TestMailJoin(TrustCase):
    """The dispatcher decides about whom he lets in."""

    def _wait(self, **headers):
        """(ticket, journal) of a stranger who waits."""
        ticket = self._first()
        self._receive(self._answer("Eve <eve@evil.example>", **headers))
        return ticket, self._journal()

    def test_let_join(self):
        ticket, journal = self._wait()
        journal.with_user(self.dispatcher).action_let_join()
        self.assertEqual(journal.state, "done")
        self.assertEqual(journal.ticket_id, ticket)
        self.assertEqual(journal.decided_by_id, self.dispatcher)
        self.assertIn("One more thing", self._texts(ticket))
        self.assertEqual(self._types(ticket)[-2:], ["joined", "client_message"])
        joined = ticket.event_ids.filtered(lambda it: it.type == "joined")
        self.assertEqual(joined.actor_id, self.dispatcher.partner_id)
        self.assertIn("eve@evil.example", joined.reason)
        # from now on he takes part
        self.assertEqual(self._receive(self._answer("eve@evil.example", 2)), ticket)

    def test_a_ticket_of_its_own(self):
        ticket, journal = self._wait()
        journal.with_user(self.dispatcher).action_make_own_ticket()
        own = journal.ticket_id
        self.assertNotEqual(own, ticket)
        self.assertEqual(own.team_id, self.team)
        self.assertFalse(own.partner_id)
        self.assertIn("One more thing", own.description)
        self.assertNotIn("One more thing", self._texts(ticket))
        self.assertEqual(self._types(own), ["created", "client_message"])
        self.assertFalse(own.message_ids[-1:].parent_id)
        self.assertTrue(self.env["ntr.notice"].search([("ticket_id", "=", own.id)]))

    def test_a_ticket_of_its_own_by_number(self):
        ticket = self._first()
        self._receive(
            self._answer(
                self.outsider.email,
                In_Reply_To=None,
                Subject=f"[{ticket.number}] Invoice",
            )
        )
        self._journal().with_user(self.dispatcher).action_make_own_ticket()
        own = self._journal().ticket_id
        self.assertNotEqual(own, ticket)
        self.assertEqual(own.partner_id, self.outsider)

    def test_put_aside(self):
        ticket, journal = self._wait()
        journal.with_user(self.dispatcher).action_refuse_join()
        self.assertEqual(journal.state, "dismissed")
        self.assertFalse(ticket.join_request)
        self._assertDecided(journal)

    def _assertDecided(self, journal):
        for verb in ("action_let_join", "action_make_own_ticket", "action_refuse_join"):
            with self.assertRefused("decided about this mail already"):
                getattr(journal.with_user(self.director), verb)()

    def test_decided_once(self):
        __, journal = self._wait()
        journal.with_user(self.dispatcher).action_let_join()
        self._assertDecided(journal)

    def test_who_was_let_in_without_proof_is_marked(self):
        results = self._fail("eve@evil.example")
        ticket, journal = self._wait(Authentication_Results=results)
        journal.with_user(self.dispatcher).action_let_join()
        message = ticket.message_ids[:1]
        self.assertEqual(message.ntr_sender_doubt, "dmarc=fail")
        self.assertFalse(message.author_id)
        again = self._answer("eve@evil.example", 2, Authentication_Results=results)
        self.assertFalse(self._receive(again))

    def test_the_form_tells(self):
        ticket, journal = self._wait()
        for user in (self.engineer, self.dispatcher, self.coordinator):
            self.assertIn("eve@evil.example", ticket.with_user(user).join_request)
        action = ticket.with_user(self.dispatcher).action_view_joins()
        self.assertEqual(action["res_id"], journal.id)
        self._receive(self._answer("mallory@evil.example", 2))
        ticket.invalidate_recordset(["join_request"])
        self.assertIn("2 mails", ticket.join_request)
        action = ticket.with_user(self.dispatcher).action_view_joins()
        found = self.env["ntr.mail.journal"].search(action["domain"])
        self.assertEqual(found.mapped("ticket_id"), ticket)
        self.assertFalse(self._ticket().join_request)

    def test_what_it_says(self):
        __, journal = self._wait()
        self.assertIn("One more thing", journal.with_user(self.dispatcher).excerpt)

    def test_what_it_says_in_html_or_not_at_all(self):
        journals = self.env["ntr.mail.journal"]
        ticket = self._first()
        for number, body in enumerate(
            (b"Content-Type: text/html\r\n\r\n<p>Only <b>so</b></p>", b"\r\n", b"")
        ):
            raw = b"From: eve@evil.example\r\nIn-Reply-To: %s\r\nTo: %s\r\n%s" % (
                FIRST.encode(),
                self.team.alias_email.encode(),
                b"Message-ID: <e%d@evil.example>\r\n" % number + body,
            )
            self.env["mail.thread"].message_process(None, raw)
            self.assertEqual(self._journal().ticket_id, ticket)
            excerpt = self._journal().excerpt
            self.assertEqual(excerpt, False if number else "Only *so*")
        waiting = [("state", "=", "join"), ("ticket_id", "=", ticket.id)]
        self.assertEqual(journals.search_count(waiting), 3)

    def test_bytes_of_who_waits_are_kept(self):
        __, journal = self._wait()
        journal.received_at = "2020-01-01 00:00:00"
        self.env.flush_all()
        journal._gc_raw()
        journal.invalidate_recordset()
        self.assertTrue(journal.raw)

    def test_a_merge_takes_them_along_and_back(self):
        ticket, journal = self._wait()
        master = self._ticket()
        ticket.with_user(self.dispatcher).merge_into(master.id)
        self.assertEqual(journal.ticket_id, master)
        self.assertTrue(master.join_request)
        ticket.with_user(self.dispatcher).unmerge()
        self.assertEqual(journal.ticket_id, ticket)

    def test_what_cannot_be_taken_in_waits_in_quarantine(self):
        __, journal = self._wait()
        broken = patch.object(
            type(self.env["ntr.ticket"]), "message_update", side_effect=ValueError("no")
        )
        with broken:
            journal.with_user(self.dispatcher).action_let_join()
        self.assertEqual(journal.state, "quarantined")

    # ------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------

    def test_who_decides(self):
        ticket, journal = self._wait()
        for user in (self.engineer, self.finance, self.external, self.author):
            with self.assertRaises(AccessError):
                journal.with_user(user).read(["subject"])
            for verb in ("action_let_join", "action_make_own_ticket"):
                with self.assertRaises(AccessError):
                    getattr(journal.with_user(user), verb)()
        for user in (self.dispatcher, self.coordinator, self.director):
            journal.with_user(user).read(["subject", "excerpt", "email_from"])
            with self.assertRaises(AccessError):
                journal.with_user(user).read(["raw"])
            with self.assertRaises(AccessError):
                journal.with_user(user).write({"state": "done"})
        self.assertEqual(journal.state, "join")

    def test_a_dispatcher_of_another_team(self):
        ticket, journal = self._wait()
        other = new_test_user(
            self.env, "other@desk.example", groups="helpdesk_ntr.group_dispatcher"
        )
        self.env.flush_all()
        self.assertFalse(self.env["ntr.mail.journal"].with_user(other).search([]))
        with self.assertRaises(AccessError):
            journal.with_user(other).action_let_join()

    def test_a_dispatcher_sees_nothing_else_of_the_journal(self):
        __, journal = self._wait()
        self.env.flush_all()
        seen = self.env["ntr.mail.journal"].with_user(self.dispatcher).search([])
        self.assertEqual(seen, journal)

    def test_a_confidential_ticket(self):
        ticket, journal = self._wait()
        ticket.with_user(self.coordinator).is_confidential = True
        self.env.flush_all()
        with self.assertRaises(AccessError):
            journal.with_user(self.dispatcher).read(["subject"])
        journal.with_user(self.coordinator).read(["subject"])

    def test_the_context_of_a_caller_is_no_door(self):
        ticket, journal = self._wait()
        message = self._answer("mallory@evil.example", 2)
        threads = self.env["mail.thread"].with_user(self.engineer)
        threads.with_context(ntr_journal_id=journal.id).message_process(
            "ntr.ticket", message.as_bytes()
        )
        self.assertNotIn("One more thing", self._texts(ticket))
        self.assertEqual(self._journal().state, "join")


@tagged("post_install", "-at_install")
class TestMailSender(TrustCase):
    """Clients are known by all their addresses, and nobody is guessed."""

    def test_with_a_tag(self):
        ticket = self._first(From="Ivan <Ivan+printer@romashka.example>")
        self.assertEqual(ticket.partner_id, self.client)
        self.assertEqual(ticket.message_ids[-1:].author_id, self.client)

    def test_second_address(self):
        self.client.ntr_other_emails = "Ivan@Home.example; ivan@gmail.com"
        self.assertEqual(
            self.client.ntr_other_emails, "ivan@home.example, ivan@gmail.com"
        )
        self.assertEqual(self._first(From="ivan@gmail.com").partner_id, self.client)
        other = self._receive(
            self._mail(From="van@gmail.com", Message_ID="<2@x.example>")
        )
        self.assertFalse(other.partner_id)

    def test_second_address_has_part(self):
        ticket = self._first()
        self.colleague.ntr_other_emails = "anna@gmail.com"
        self.assertEqual(self._receive(self._answer("anna@gmail.com")), ticket)

    def test_what_is_no_address(self):
        with self.assertRefused("is not an e-mail address"):
            self.client.ntr_other_emails = "ivan@home.example, nobody"

    def test_addresses_are_for_staff(self):
        portal = new_test_user(
            self.env, "p@romashka.example", groups="base.group_portal"
        )
        with self.assertRaises(AccessError):
            portal.partner_id.with_user(portal).read(["ntr_other_emails"])

    def test_two_firms_with_one_address_are_asked_about(self):
        shared = "info@shared.example"
        both = self.env["res.partner"].create(
            [
                {"name": "Office", "email": shared, "parent_id": firm.id}
                for firm in (self.firm, self.other_firm)
            ]
        )
        ticket = self._first(From=shared)
        self.assertFalse(ticket.partner_id)
        self.assertFalse(ticket.message_ids.author_id)
        choices = ticket.with_user(self.dispatcher).sender_choices
        self.assertEqual([it["id"] for it in choices], both.ids)
        self.assertEqual(choices[0]["firm"], "Romashka")
        ticket.with_user(self.dispatcher).partner_id = both[1]
        self.assertFalse(ticket.sender_choices)
        self.assertEqual(ticket.commercial_partner_id, self.other_firm)
        # in a ticket of one of them it is clear who writes
        answer = self._receive(self._answer(shared))
        self.assertEqual(answer, ticket)
        self.assertEqual(ticket.message_ids[:1].author_id, both[1])

    def test_one_person_entered_twice(self):
        self.env["res.partner"].create(
            {
                "name": "Ivan again",
                "email": self.client.email,
                "parent_id": self.firm.id,
            }
        )
        self.assertEqual(self._first().partner_id, self.client)

    def test_a_contact_of_another_company_of_ours(self):
        company = self.env["res.company"].create({"name": "Sister"})
        self.client.write({"parent_id": False, "company_id": company.id})
        ticket = self._first()
        self.assertFalse(ticket.partner_id)
        self.assertEqual(ticket.company_id, self.company)
        self.assertFalse(ticket.sender_choices)

    def test_erasure_knows_all_addresses(self):
        self.client.ntr_other_emails = "ivan@gmail.com"
        ticket = self._first(From="ivan@gmail.com")
        self.env["ntr.personal.data"]._erase(self.client)
        self.assertFalse(self.client.ntr_other_emails)
        self.assertFalse(ticket.email_from)
        self.assertFalse(self._journal().raw)

    def test_erasure_leaves_the_address_of_somebody_else(self):
        self.colleague.ntr_other_emails = self.client.email
        emails = self.env["ntr.personal.data"]._get_own_emails(self.client)
        self.assertEqual(emails, [])

    def test_who_is_answered_is_known_by_his_second_address(self):
        ticket = self._first(From="ivan@gmail.com")
        self.assertFalse(ticket.partner_id)
        self.client.ntr_other_emails = "ivan@gmail.com"
        ticket.with_user(self.engineer).message_post(
            body="Hello",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.client.ids,
        )
        self.assertEqual(ticket.partner_id, self.client)

    def test_statements_of_a_new_mail(self):
        """A mail that makes a ticket costs so much and no more."""
        counts = []
        for number, sender in enumerate((self.client.email, "x@unknown.example") * 2):
            mail = self._mail(From=sender, Message_ID=f"<{number}@x.example>")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._receive(mail)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], MOST_OF_MAIL, counts)
        self.assertLessEqual(counts[3], MOST_OF_MAIL, counts)


# Of a mail that makes a ticket, with warm caches: the journal, the list of blocked
# senders and the limit of acknowledgements among them.
MOST_OF_MAIL = 62


@tagged("post_install", "-at_install")
class TestMailTwins(TrustCase):
    """The same mail is taken in once, and another one is never taken for it."""

    def _both(self):
        return f"{self.other_team.alias_email}, {self.team.alias_email}"

    def _route(self, message):
        ticket_id = self.env["mail.thread"].message_process(None, message.as_bytes())
        return self.env["ntr.ticket"].browse(ticket_id)

    def test_two_teams(self):
        before = self.env["ntr.ticket"].search_count([])
        ticket = self._route(self._mail(To=self._both()))
        self.assertEqual(ticket.team_id, self.other_team)
        self.assertEqual(self.env["ntr.ticket"].search_count([]), before + 1)
        self.assertEqual(self._journal().team_id, self.other_team)
        told = self.env["mail.message"].search(
            [
                ("model", "=", "ntr.ticket"),
                ("res_id", "=", ticket.id),
                ("partner_ids", "in", self.coordinator.partner_id.ids),
            ]
        )
        self.assertIn(ticket.number, told.body)
        self.assertIn("Test desk", self._texts(ticket))

    def test_two_teams_through_two_mailboxes(self):
        before = self.env["ntr.ticket"].search_count([])
        for team in (self.team, self.other_team):
            mail = self._mail(To=self._both(), Message_ID=FIRST)
            mail["Delivered-To"] = team.alias_email
            self._route(mail)
        self.assertEqual(self.env["ntr.ticket"].search_count([]), before + 1)
        rows = self.env["ntr.mail.journal"].search([], limit=2)
        self.assertEqual(rows.mapped("state"), ["without_ticket", "done"])
        self.assertEqual(rows[0].ticket_id, rows[1].ticket_id)
        self.assertEqual(rows[0].ticket_id.team_id, self.other_team)

    def test_copy_to_a_team_is_second(self):
        ticket = self._route(
            self._mail(To=self.team.alias_email, Cc=self.other_team.alias_email)
        )
        self.assertEqual(ticket.team_id, self.team)

    def test_other_content_with_the_same_number(self):
        first = self._first()
        mail = self._mail("Something else", Message_ID=FIRST, Subject="Scanner")
        second = self._receive(mail)
        self.assertTrue(second)
        self.assertNotEqual(second, first)
        self.assertEqual(second.name, "Scanner")
        self.assertTrue(self._journal().is_told_apart)
        # and that one again
        mail["X-Trace"] = "another way"
        self.assertFalse(self._receive(mail))
        self.assertEqual(self._journal().ticket_id, second)

    def test_without_a_number(self):
        first = self._receive(self._mail(Message_ID=None, Date="Mon, 2 Mar 2026 10:00"))
        self.assertTrue(first)
        mail = self._mail(Message_ID=None, Date="Mon, 2 Mar 2026 10:00")
        mail["X-Trace"] = "another way"
        self.assertFalse(self._receive(mail))
        self.assertEqual(self._journal().state, "without_ticket")

    def test_a_program_that_always_says_the_same(self):
        tickets = self.env["ntr.ticket"]
        for number in range(3):
            tickets |= self._receive(
                self._mail("Paper jam", Message_ID=None, X_Trace=str(number))
            )
        self.assertEqual(len(tickets), 3)
        self.assertEqual(self._journal().state, "done")

    def test_two_at_once(self):
        """The one who is second to commit is refused by the index, tried again, and
        then sees what the first has made."""
        first = self._first()
        journal = self._journal()
        mail = self._mail(Message_ID=FIRST, X_Trace="another way")
        headers = journal._read_headers(mail.as_bytes())
        twin = journal._enter(mail.as_bytes(), headers, {"model": "ntr.ticket"})
        twin._process(mail.as_bytes(), {"model": "ntr.ticket"})
        self.assertEqual(twin.state, "without_ticket")
        self.assertEqual(twin.ticket_id, first)

    def test_long_headers_are_read_fast(self):
        mail = self._mail(X_Filler="x")
        raw = mail.as_bytes().replace(b"X-Filler: x", b"Cc: " + b"a" * 60_000)
        headers = self.env["ntr.mail.journal"]._read_headers(raw)
        team = self.env["ntr.mail.journal"]._find_team(headers)
        self.assertEqual(team, self.team)


@tagged("post_install", "-at_install")
class TestMailTwinsAtOnce(TwoAtOnceCase):
    """One mail that two fetch at the same moment makes one ticket."""

    subject = "One mail that two fetch at once"
    options = {"model": "ntr.ticket"}

    def _make(self):
        journals = self.here["ntr.mail.journal"]
        self.raws, self.ids = [], []
        for trace in ("one", "other"):
            mail = self._mail(
                To="support@nowhere.example",
                From="two.at.once@unknown.example",
                Message_ID="<two.at.once@unknown.example>",
                Subject=self.subject,
                X_Trace=trace,
            )
            self.raws.append(mail.as_bytes())
            headers = journals._read_headers(self.raws[-1])
            row = journals._enter(self.raws[-1], headers, self.options)
            self.ids.append(row.id)

    def _forget(self, cursor):
        cursor.execute("DELETE FROM ntr_mail_journal WHERE id IN %s", [tuple(self.ids)])
        cursor.execute("SELECT id FROM ntr_ticket WHERE name = %s", [self.subject])
        for (ticket_id,) in cursor.fetchall():
            for query in (
                "DELETE FROM mail_message WHERE model = 'ntr.ticket' AND res_id = %s",
                "DELETE FROM mail_followers"
                " WHERE res_model = 'ntr.ticket' AND res_id = %s",
            ):
                cursor.execute(query, [ticket_id])
            cursor.execute("DELETE FROM ntr_ticket WHERE id = %s", [ticket_id])

    def test_one_ticket(self):
        first = self.here["ntr.mail.journal"].browse(self.ids[0])
        second = self.there["ntr.mail.journal"].browse(self.ids[1])
        # what it sees from now on is old
        self.assertEqual(second.state, "received")
        first._process(self.raws[0], self.options)
        self.assertEqual(first.state, "done")
        self.here.cr.commit()
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            second._try(self.raws[1], self.options)
        self.there.cr.rollback()
        second._process(self.raws[1], self.options)
        self.there.cr.commit()
        self.assertEqual(second.state, "without_ticket")
        self.assertEqual(second.ticket_id, first.with_env(self.there).ticket_id)
        found = self.there["ntr.ticket"].search([("name", "=", self.subject)])
        self.assertEqual(len(found), 1)
