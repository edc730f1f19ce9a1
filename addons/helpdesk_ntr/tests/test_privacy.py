from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestPrivacy(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, "portal@romashka.example", groups="base.group_portal"
        )
        cls.portal.partner_id.parent_id = cls.firm
        cls.head = new_test_user(
            cls.env, "head@romashka.example", groups="base.group_portal"
        )
        cls.head.partner_id.write({"parent_id": cls.firm.id, "ntr_sees_company": True})

    def _sees(self, user, record):
        self.env.flush_all()
        return bool(record.with_user(user).search([("id", "in", record.ids)]))

    def _attach(self, ticket, user, subtype="mail.mt_note"):
        return (
            ticket.with_user(user)
            .message_post(
                body="See the file",
                message_type="comment",
                subtype_xmlid=subtype,
                attachments=[("a.txt", b"secret")],
            )
            .sudo()
            .attachment_ids.sudo(False)
        )

    # --- own, line, team, all

    def test_scope(self):
        first = self._ticket()
        second = self._ticket(line_id=self.line2.id)
        own = self._ticket(line_id=self.line3.id)
        own._write_values({"user_id": self.engineer.id})
        foreign = self._ticket()
        foreign._write_values(
            {"team_id": self.env["ntr.team"].create({"name": "Other"}).id}
        )
        for scope, expected in (
            ("own", own),
            ("line", own | second),
            ("team", own | second | first),
            ("all", own | second | first | foreign),
        ):
            self.engineer.ntr_scope = scope
            self.env.flush_all()
            found = (
                self.env["ntr.ticket"]
                .with_user(self.engineer)
                .search([("id", "in", (first | second | own | foreign).ids)])
            )
            self.assertEqual(found.sudo(), expected.sudo(), scope)
            events = (
                self.env["ntr.ticket.event"]
                .with_user(self.engineer)
                .search([("ticket_id", "in", (first | second | own | foreign).ids)])
            )
            self.assertEqual(events.sudo().ticket_id, expected.sudo(), scope)
            for ticket in (first | second | own | foreign) - expected:
                with self.assertRaises(AccessError):
                    ticket.with_user(self.engineer).take()

    def test_scope_is_not_chosen_by_oneself(self):
        with self.assertRaises(AccessError):
            self.engineer.with_user(self.engineer).write({"ntr_scope": "all"})

    # --- rights of a line

    def test_closing_is_a_right_of_the_line(self):
        ticket = self._solved()
        with self.assertRefused("You may not do that"):
            ticket.with_user(self.engineer).close()
        self.assertFalse(ticket.with_user(self.engineer).can_close)
        self.line2.may_close = True
        ticket.invalidate_recordset(["can_close"])
        self.assertTrue(ticket.with_user(self.engineer).can_close)
        ticket.with_user(self.engineer).close()
        self.assertEqual(ticket.state, "closed")

    def test_right_in_one_team_is_none_in_another(self):
        ticket = self._solved()
        team = self.env["ntr.team"].create({"name": "Other"})
        self.env["ntr.support.line"].create(
            {
                "name": "Closers",
                "team_id": team.id,
                "member_ids": self.engineer.ids,
                "may_close": True,
            }
        )
        with self.assertRefused("You may not do that"):
            ticket.with_user(self.engineer).close()

    def test_reopening_is_a_right_of_the_line(self):
        ticket = self._solved()
        ticket.with_user(self.coordinator).close()
        (self.line1 | self.line2).may_reopen = False
        for user in (self.engineer, self.dispatcher):
            with self.assertRefused("You may not do that"):
                ticket.with_user(user).reopen("It is back")
        self.line1.may_reopen = True
        ticket.with_user(self.dispatcher).reopen("It is back")
        self.assertEqual(ticket.state, "open")

    def test_by_dragging_the_same_right(self):
        ticket = self._solved()
        closed = self.team._get_stage_id("closed")
        with self.assertRefused("You may not do that"):
            ticket.with_user(self.engineer).write({"stage_id": closed})
        ticket.with_user(self.coordinator).write({"stage_id": closed})
        self.assertEqual(ticket.state, "closed")

    # --- history

    def test_no_history(self):
        ticket = self._solved()
        note = ticket.with_user(self.engineer).message_post(
            body="Who pays for this?",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        file = self._attach(ticket, self.engineer)
        ticket.with_user(self.coordinator).close()
        self.dispatcher.group_ids |= self.env.ref("base.group_allow_export")
        messages = self.env["mail.message"]
        for sees in (True, False):
            self.line1.may_see_history = sees
            self.env.invalidate_all()
            self.assertTrue(self._sees(self.dispatcher, ticket))
            self.assertEqual(self._sees(self.dispatcher, ticket.event_ids), sees)
            found = messages.with_user(self.dispatcher).search([("id", "=", note.id)])
            self.assertEqual(bool(found), sees)
            self.assertEqual(self._sees(self.dispatcher, file), sees)
            exported = ticket.with_user(self.dispatcher).export_data(
                ["message_ids/body"]
            )["datas"]
            self.assertEqual("Who pays" in str(exported), sees)
        with self.assertRaises(AccessError):
            note.with_user(self.dispatcher).read(["body"])

    def test_conversation_of_a_running_ticket_is_no_history(self):
        self.line1.may_see_history = False
        ticket = self._ticket()
        note = ticket.with_user(self.engineer).message_post(
            body="Try again", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.assertEqual(note.with_user(self.dispatcher).read(["id"])[0]["id"], note.id)

    # --- head without conversation

    def test_files_of_the_conversation(self):
        ticket = self._solved(partner_id=self.portal.partner_id.id)
        file = self._attach(ticket, self.engineer, "mail.mt_comment")
        files = self.env["ir.attachment"]
        for user, expected in (
            (self.engineer, True),
            (self.director, True),
            (self.finance, False),
            (self.author, False),
        ):
            self.assertEqual(self._sees(user, file), expected, user.login)
            found = files.with_user(user).search(
                [("res_model", "=", "ntr.ticket"), ("res_id", "=", ticket.id)]
            )
            self.assertEqual(bool(found), expected, user.login)
        with self.assertRaises(AccessError):
            file.with_user(self.finance).read(["raw"])

    def test_files_are_no_way_in_for_clients(self):
        ticket = self._ticket(partner_id=self.portal.partner_id.id)
        inside = self._attach(ticket, self.engineer)
        with self.assertRaises(AccessError):
            inside.with_user(self.portal).read(["raw"])

    # --- confidential

    def test_confidential(self):
        ticket = self._ticket(partner_id=self.portal.partner_id.id)
        ticket.with_user(self.dispatcher).write({"is_confidential": True})
        ticket.with_user(self.dispatcher).assign(self.engineer.id)
        for user, expected in (
            (self.dispatcher, True),
            (self.engineer, True),
            (self.coordinator, True),
            (self.director, True),
            (self.portal, True),
            (self.engineer2, False),
            (self.finance, False),
            (self.head, False),
        ):
            self.assertEqual(self._sees(user, ticket), expected, user.login)
            if user.has_group("helpdesk_ntr.group_engineer"):
                self.assertEqual(self._sees(user, ticket.event_ids), expected)
        self.assertTrue(self._types(ticket).count("classified"))

    def test_confidential_team(self):
        self.team.is_confidential = True
        ticket = self._ticket()
        self.assertTrue(ticket.is_confidential)
        self.assertFalse(self._sees(self.engineer, ticket))
        self.assertTrue(self._sees(self.dispatcher, ticket), "who registered it")
        by_mail = self._receive(self._mail())
        self.assertTrue(by_mail.is_confidential)
        self.assertTrue(self._sees(self.coordinator, by_mail))

    def test_nobody_is_given_what_he_may_not_see(self):
        ticket = self._ticket(is_confidential=True)
        ticket.with_user(self.dispatcher).assign(self.engineer2.id)
        self.assertTrue(self._sees(self.engineer2, ticket))

    def test_who_looked_is_recorded(self):
        ticket = self._ticket(is_confidential=True)
        ticket.with_user(self.coordinator).web_read({"name": {}, "stage_id": {}})
        self.assertNotIn("viewed", self._types(ticket))
        for __ in range(2):
            ticket.with_user(self.coordinator).web_read({"description": {}})
        ticket.with_user(self.director).read(["description"])
        viewed = ticket.event_ids.filtered(lambda event: event.type == "viewed")
        self.assertEqual(
            viewed.actor_id, self.coordinator.partner_id | self.director.partner_id
        )
        self.assertEqual(len(viewed), 2)

    def test_open_tickets_are_not_logged(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer).web_read({"description": {}})
        self.assertNotIn("viewed", self._types(ticket))
