import base64

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import HelpdeskCase


class RegistrationCase(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wizards = cls.env["ntr.ticket.register.wizard"]
        cls.client.phone = "+7 (495) 123-45-67"
        cls.unit = cls.env["ntr.equipment"].create(
            {"name": "Labelling machine", "partner_id": cls.firm.id}
        )

    def _channel(self, code):
        return self.env.ref(f"helpdesk_ntr.ntr_channel_{code}")

    def _wizard(self, user=None, **values):
        """A dialog that is filled in."""
        return self.wizards.with_user(user or self.dispatcher).create(
            {
                "partner_id": self.client.id,
                "name": "Printer prints stripes",
                "team_id": self.team.id,
                **values,
            }
        )

    def _register(self, user=None, **values):
        """The ticket that comes of a dialog."""
        wizard = self._wizard(user, **values)
        wizard.action_register()
        return wizard.registered_id.with_user(self.env.user)

    def _notices(self, ticket):
        return self.env["ntr.notice"].search([("ticket_id", "=", ticket.id)])


@tagged("post_install", "-at_install")
class TestPhoneSearch(RegistrationCase):
    """A phone number finds its contact however it is written (S85)."""

    def _found(self, text, **context):
        partners = self.env["res.partner"].with_user(self.dispatcher)
        partners = partners.with_context(ntr_by_phone=True, **context)
        return [id_ for id_, __ in partners.name_search(text, limit=80)]

    def test_all_writings(self):
        for stored in ("+7 (495) 123-45-67", "8 495 1234567", "4951234567"):
            self.client.phone = stored
            self.env.flush_all()
            for typed in (
                "+7 (495) 123-45-67",
                "8 495 1234567",
                "84951234567",
                "1234567",
                "123-45-67",
                "495 123",
                "8 (495) 123",
            ):
                self.assertIn(self.client.id, self._found(typed), (stored, typed))

    def test_card_without_the_code_of_the_city(self):
        self.client.phone = "123-45-67"
        self.env.flush_all()
        self.assertIn(self.client.id, self._found("+7 495 123 45 67"))

    def test_others_are_not_found(self):
        self.env.flush_all()
        for typed in ("+7 495 123-45-68", "8 495 7654321", "Room 4951234567", "123"):
            self.assertNotIn(self.client.id, self._found(typed), typed)

    def test_names_are_still_found(self):
        self.assertIn(self.client.id, self._found("Ivan Pet"))

    def test_number_stands_beside_the_name(self):
        partners = self.env["res.partner"].with_context(ntr_by_phone=True)
        (found,) = partners.web_name_search(
            "84951234567", {"display_name": {}}, [("id", "=", self.client.id)]
        )
        self.assertIn("+7 (495) 123-45-67", found["__formatted_display_name"])
        self.assertNotIn("495", found["display_name"])

    def test_elsewhere_nothing_changes(self):
        self.env.flush_all()
        partners = self.env["res.partner"]
        self.assertFalse(partners.name_search("84951234567"))

    def test_contacts_of_other_companies_are_not_found(self):
        company = self.env["res.company"].create({"name": "Other company"})
        self.client.company_id = company
        self.env.flush_all()
        self.assertNotIn(self.client.id, self._found("84951234567"))


@tagged("post_install", "-at_install")
class TestRegistration(RegistrationCase):
    """Phone, fax, letter and visit are registered in one dialog (S17, S85)."""

    # --- registering

    def test_call(self):
        ticket = self._register(
            description="It <prints>\nstripes",
            equipment_id=self.unit.id,
            kind_id=self.incident.id,
        )
        self.assertEqual(ticket.channel_id, self._channel("phone"))
        self.assertEqual(ticket.partner_id, self.client)
        self.assertEqual(ticket.equipment_id, self.unit)
        self.assertEqual(ticket.state, "new")
        self.assertIn("It &lt;prints&gt;<br", ticket.description)
        self.assertTrue(ticket.first_response_at, "somebody talked with him")
        self.assertEqual(self._types(ticket), ["created"])
        event = self._last_event(ticket)
        self.assertEqual(event.actor_id, self.dispatcher.partner_id)
        self.assertEqual(event.channel_id, ticket.channel_id)
        self.assertEqual(len(self._notices(ticket)), 1)

    def test_word_at_the_end(self):
        wizard = self._wizard()
        action = wizard.action_register()
        self.assertIn(wizard.registered_id.number, action["params"]["message"])
        self.assertEqual(
            action["params"]["next"]["type"], "ir.actions.act_window_close"
        )

    def test_registered_once(self):
        wizard = self._wizard()
        wizard.action_register()
        action = wizard.action_register_open()
        tickets = self.env["ntr.ticket"].search([("partner_id", "=", self.client.id)])
        self.assertEqual(len(tickets), 1)
        self.assertEqual(action["res_id"], tickets.id)

    def test_subject_is_asked_for(self):
        wizard = self._wizard(name=False, contact_name=False)
        with self.assertRefused("Write the subject"):
            wizard.action_register()

    def test_category_brings_team_line_and_priority(self):
        other = self.env["ntr.team"].create({"name": "Workshop of repairs"})
        line = self.env["ntr.support.line"].create(
            {
                "name": "Workshop",
                "team_id": other.id,
                "level": "2",
                "member_ids": [Command.set(self.dispatcher.ids)],
            }
        )
        category = self.env["ntr.ticket.category"].create(
            {
                "name": "Repair",
                "default_team_id": other.id,
                "default_line_id": line.id,
                "default_priority": "2",
            }
        )
        form = Form(self.wizards.with_user(self.dispatcher))
        self.assertEqual(form.team_id, self.team)
        form.partner_id = self.client
        form.name = "Broken"
        form.category_id = category
        self.assertEqual(form.team_id, other)
        wizard = form.save()
        wizard.action_register()
        ticket = wizard.registered_id
        self.assertEqual(ticket.team_id, other)
        self.assertEqual(ticket.line_id, line)
        self.assertEqual(ticket.priority, "2")

    def test_category_of_a_team_that_is_not_his(self):
        other = self.env["ntr.team"].create({"name": "Repairs"})
        category = self.env["ntr.ticket.category"].create(
            {"name": "Repair", "default_team_id": other.id}
        )
        form = Form(self.wizards.with_user(self.dispatcher))
        form.category_id = category
        self.assertEqual(form.team_id, self.team)

    def test_urgency_and_impact(self):
        ticket = self._register(urgency="3", impact="3")
        self.assertEqual(ticket.priority, "3")

    def test_client_limits(self):
        other = self.env["ntr.team"].create({"name": "Repairs"})
        self.firm.ntr_team_ids = other
        wizard = self._wizard()
        self.assertIn("may not ask team", wizard.refusal)
        with self.assertRefused("may not ask team"):
            wizard.action_register()

    def test_fields_that_must_be_filled_in(self):
        self.team.team_properties_definition = [
            {"name": "note", "string": "Note", "type": "char", "default": "so"},
            {
                "name": "room",
                "string": "Room",
                "type": "char",
                "required_at": "creation",
            },
            {
                "name": "hours",
                "string": "Hours run",
                "type": "integer",
                "required_at": "closing",
            },
        ]
        wizard = self._wizard()
        self.assertEqual(wizard.asked_team_properties, ["room"])
        wizard.outcome = "solve"
        self.assertEqual(wizard.asked_team_properties, ["room", "hours"])
        wizard.outcome = "register"
        with self.assertRefused("Fill in: Room"):
            wizard.action_register()
        wizard.team_properties = {"room": "12"}
        wizard.action_register()
        values = {
            field["name"]: field.get("value")
            for field in wizard.registered_id._get_fields("team_properties")
        }
        self.assertEqual(values["room"], "12")
        self.assertEqual(values["note"], "so")

    # --- outcomes

    def test_solved_at_once(self):
        ticket = self._register(
            outcome="solve",
            solution="Told him to switch it on & off",
            cause_id=self.cause.id,
            kind_id=self.incident.id,
        )
        self.assertEqual(ticket.state, "solved")
        self.assertEqual(ticket.user_id, self.dispatcher)
        self.assertIn("on &amp; off", ticket.solution)
        self.assertEqual(
            self._types(ticket),
            ["created", "automatic_message", "solved", "automatic_message"],
        )
        self.assertFalse(self._notices(ticket), "it was acknowledged first")

    def test_what_is_missing_to_solve(self):
        wizard = self._wizard(
            partner_id=False,
            contact_name="Pavel New",
            outcome="solve",
            solution="Switched on",
            kind_id=self.incident.id,
        )
        self.env.flush_all()
        with self.assertRefused("Name the cause"), self.env.cr.savepoint():
            wizard.action_register()
        wizard.invalidate_recordset()
        self.assertEqual(wizard.solution, "Switched on")
        self.assertFalse(wizard.partner_id)
        self.assertFalse(
            self.env["res.partner"].search([("name", "=", "Pavel New")]),
            "all or nothing",
        )
        wizard.cause_id = self.cause
        wizard.action_register()
        self.assertEqual(wizard.registered_id.state, "solved")

    def test_pass_on(self):
        wizard = self._wizard(outcome="pass_on", line_id=self.line2.id)
        with self.assertRefused("Say why"), self.env.cr.savepoint():
            wizard.action_register()
        wizard.reason = "Needs a technician"
        wizard.action_register()
        ticket = wizard.registered_id.with_user(self.env.user)
        self.assertEqual(ticket.line_id, self.line2)
        self.assertEqual(ticket.hop_count, 1)
        self.assertEqual(self._last_event(ticket).reason, "Needs a technician")

    def test_passed_on_out_of_sight(self):
        other = self.env["ntr.team"].create({"name": "Repairs"})
        line = self.env["ntr.support.line"].create(
            {
                "name": "Workshop",
                "team_id": other.id,
                "level": "1",
                "member_ids": [Command.set(self.stranger.ids)],
            }
        )
        wizard = self._wizard(outcome="pass_on", line_id=line.id, reason="Theirs")
        action = wizard.action_register_open()
        ticket = wizard.sudo().registered_id
        self.assertEqual(ticket.team_id, other)
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn(ticket.number, action["params"]["message"])

    def test_taken_though_the_category_names_somebody(self):
        category = self.env["ntr.ticket.category"].create(
            {"name": "Stripes", "default_user_id": self.engineer.id}
        )
        registered = self._register(category_id=category.id)
        self.assertEqual(registered.user_id, self.engineer)
        taken = self._register(category_id=category.id, outcome="take")
        self.assertEqual(taken.user_id, self.dispatcher)
        self.assertEqual(taken.state, "open")
        self.assertEqual(self._types(taken), ["created", "taken"])

    # --- the contact

    def test_new_contact(self):
        ticket = self._register(
            partner_id=False,
            contact_name=" Pavel New ",
            contact_phone="+7 499 000-11-22",
            contact_email="pavel@romashka.example",
            contact_firm_id=self.firm.id,
        )
        contact = ticket.partner_id
        self.assertEqual(contact.name, "Pavel New")
        self.assertEqual(contact.phone, "+7 499 000-11-22")
        self.assertEqual(ticket.email_from, "pavel@romashka.example")
        self.assertEqual(ticket.commercial_partner_id, self.firm)
        self.assertFalse(self.dispatcher.has_group("base.group_partner_manager"))

    def test_new_contact_takes_nothing_from_the_context(self):
        wizard = self._wizard(partner_id=False, contact_name="Pavel New")
        wizard.with_context(
            default_ntr_sees_company=True, default_ntr_client_mark="vip"
        ).action_register()
        contact = wizard.registered_id.sudo().partner_id
        self.assertFalse(contact.ntr_sees_company)
        self.assertEqual(contact.ntr_client_mark, "none")

    def test_new_contact_needs_a_name_and_a_right_address(self):
        wizard = self._wizard(partner_id=False, contact_phone="+7 499 000-11-22")
        with self.assertRefused("Write the name of the new contact"):
            wizard.action_register()
        wizard.write({"contact_name": "Pavel", "contact_email": "at home"})
        with self.assertRefused("“at home” is no e-mail address"):
            wizard.action_register()

    def test_engineers_enter_no_contacts(self):
        wizard = self._wizard(self.engineer, partner_id=False, contact_name="Pavel New")
        with self.assertRefused("Only a dispatcher enters new contacts"):
            wizard.action_register()
        self.assertTrue(self._register(self.engineer).partner_id)

    def test_nobody_known(self):
        ticket = self._register(partner_id=False)
        self.assertFalse(ticket.partner_id)
        self.assertFalse(self._notices(ticket), "there is no address to write to")

    def test_contact_that_is_known_already(self):
        self.env.flush_all()
        form = Form(self.wizards.with_user(self.dispatcher))
        form.contact_phone = "8 495 123 45 67"
        self.assertEqual(form.known_ids[:], self.client)
        form.contact_phone = "8 495"
        self.assertFalse(form.known_ids[:])
        form.contact_email = "Ivan@romashka.example"
        self.assertEqual(form.known_ids[:], self.client)

    def test_firm_of_another_company_is_not_taken(self):
        company = self.env["res.company"].create({"name": "Other company"})
        foreign = self.env["res.partner"].create(
            {"name": "Foreign", "is_company": True, "company_id": company.id}
        )
        with self.assertRaises(AccessError):
            self._register(
                partner_id=False, contact_name="Pavel", contact_firm_id=foreign.id
            )

    # --- what the desk knows of the client

    def test_client_at_a_glance(self):
        mine = self._ticket()
        of_colleague = self._ticket(partner_id=self.colleague.id)
        ended = self._ticket(name="Ended")
        ended.with_user(self.dispatcher).cancel("Advertising", "spam")
        self._ticket(partner_id=self.outsider.id)
        hidden = self._ticket(is_confidential=True)
        form = Form(self.wizards.with_user(self.engineer))
        self.assertFalse(form.open_ticket_ids[:])
        form.partner_id = self.client
        self.assertEqual(form.open_ticket_ids[:], mine | of_colleague)
        self.assertNotIn(hidden, form.open_ticket_ids[:])
        self.assertEqual(form.equipment_ids[:], self.unit)
        form.equipment_id = self.unit
        form.ticket_id = mine
        form.partner_id = self.outsider
        self.assertFalse(form.equipment_id)
        self.assertFalse(form.ticket_id)

    def test_likely_doubles_appear(self):
        first = self._ticket(name="The printer prints white stripes")
        form = Form(self.wizards.with_user(self.dispatcher))
        form.partner_id = self.client
        form.name = "White stripes, the printer again"
        self.assertEqual(form.duplicate_ids[:], first)
        form.name = "Wrong invoice for June"
        self.assertFalse(form.duplicate_ids[:])

    # --- adding to a ticket

    def test_added_to_an_open_ticket(self):
        ticket = self._ticket()
        ticket.with_user(self.engineer).take()
        ticket.with_user(self.engineer).wait_for("client", "Which roller?")
        count = self.env["ntr.ticket"].search_count([])
        wizard = self._wizard(
            name=False,
            partner_id=self.colleague.id,
            ticket_id=ticket.id,
            description="It is the <left> one",
        )
        action = wizard.action_register()
        self.assertIn(f"Added to {ticket.number}", action["params"]["message"])
        self.assertEqual(self.env["ntr.ticket"].search_count([]), count)
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "open", "the client answered")
        message = ticket.message_ids.filtered(lambda it: "left" in (it.body or ""))
        self.assertEqual(message.author_id, self.colleague)
        self.assertEqual(message.ntr_audience, "client")
        self.assertEqual(message.ntr_channel_id, self._channel("phone"))
        said = ticket._get_events().filtered(lambda it: it.type == "client_message")
        self.assertEqual(said.channel_id, self._channel("phone"))
        self.assertEqual(said.actor_id, self.colleague)

    def test_added_to_a_solved_ticket(self):
        ticket = self._solved()
        self._wizard(ticket_id=ticket.id, description="It is back").action_register()
        ticket.invalidate_recordset()
        self.assertEqual(ticket.state, "open")

    def test_nothing_to_add(self):
        wizard = self._wizard(ticket_id=self._ticket().id)
        with self.assertRefused("Write what the client says"):
            wizard.action_register()

    def test_ticket_of_another_client(self):
        foreign = self._ticket(partner_id=self.outsider.id)
        wizard = self._wizard(description="Hello")
        wizard.ticket_id = foreign
        with self.assertRefused("is not a ticket of Romashka"):
            wizard.action_register()

    def test_clients_do_not_choose_the_channel(self):
        portal = new_test_user(
            self.env, "portal@romashka.example", groups="base.group_portal"
        )
        ticket = self._ticket(partner_id=portal.partner_id.id)
        message = ticket.with_user(portal).message_post(
            body="Hello",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            ntr_channel_id=self._channel("phone").id,
        )
        self.assertEqual(message.sudo().ntr_channel_id, self._channel("portal"))

    # --- paper

    def _scan(self, user=None, **values):
        return (
            self.env["ir.attachment"]
            .with_user(user or self.dispatcher)
            .create(
                {
                    "name": "letter.pdf",
                    "datas": base64.b64encode(b"%PDF-1.4"),
                    "res_model": "ntr.ticket.register.wizard",
                    **values,
                }
            )
        )

    def test_letter_with_its_scan(self):
        scan = self._scan()
        ticket = self._register(
            channel_id=self._channel("letter").id,
            incoming_number="45/1",
            incoming_date="2026-11-12",
            attachment_ids=[Command.set(scan.ids)],
        )
        self.assertEqual(scan.res_model, "ntr.ticket")
        self.assertEqual(scan.res_id, ticket.id)
        self.assertFalse(ticket.first_response_at, "nobody has talked with him yet")
        self.assertTrue(ticket.unanswered_since)
        self.assertEqual(ticket.incoming_date, fields.Date.to_date("2026-11-12"))
        self.env.flush_all()
        tickets = self.env["ntr.ticket"].with_user(self.engineer)
        self.assertEqual(tickets.search([("incoming_number", "ilike", "45/")]), ticket)

    def test_scan_is_added_to_a_ticket(self):
        ticket, scan = self._ticket(), self._scan()
        self._wizard(
            channel_id=self._channel("fax").id,
            ticket_id=ticket.id,
            attachment_ids=[Command.set(scan.ids)],
        ).action_register()
        self.assertEqual(ticket.message_ids[:1].attachment_ids, scan)
        self.assertEqual(scan.res_id, ticket.id)

    def test_files_of_records_stay_there(self):
        scan = self._scan(
            res_model="ntr.equipment", res_id=self.unit.id, user=self.dispatcher
        )
        wizard = self._wizard(attachment_ids=[Command.set(scan.ids)])
        with self.assertRefused("Attach the file itself"):
            wizard.action_register()
        self.assertEqual(scan.res_model, "ntr.equipment")

    def test_clients_do_not_see_the_incoming_number(self):
        portal = new_test_user(
            self.env, "portal@romashka.example", groups="base.group_portal"
        )
        ticket = self._ticket(partner_id=portal.partner_id.id, incoming_number="45/1")
        with self.assertRaises(AccessError):
            ticket.with_user(portal).read(["incoming_number"])

    # --- rights

    def test_who_may_register(self):
        for user in (self.external, self.finance, self.author):
            with self.assertRaises(AccessError):
                self._wizard(user)
        portal = new_test_user(
            self.env, "portal@romashka.example", groups="base.group_portal"
        )
        with self.assertRaises(AccessError):
            self._wizard(portal)

    def test_dialog_of_a_colleague(self):
        wizard = self._wizard()
        with self.assertRaises(AccessError):
            wizard.with_user(self.engineer).action_register()

    def test_team_that_is_not_his(self):
        other = self.env["ntr.team"].create({"name": "Repairs"})
        with self.assertRaises(AccessError):
            self._register(self.engineer, team_id=other.id)

    def test_contact_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other company"})
        self.client.company_id = company
        wizard = self._wizard()
        self.env.flush_all()
        wizard.invalidate_recordset()
        self.client.invalidate_recordset()
        with self.assertRaises(AccessError):
            wizard.read(["partner_phone"])
        with self.assertRefused("company"):
            wizard.action_register()
