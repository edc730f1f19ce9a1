from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import HelpdeskCase

CONTACTS = "base.group_partner_manager"


@tagged("post_install", "-at_install")
class TestClientMark(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.engineer, cls.dispatcher, cls.coordinator):
            user.group_ids = [Command.link(cls.env.ref(CONTACTS).id)]

    def test_coordinator_marks(self):
        self.firm.with_user(self.coordinator).write(
            {"ntr_client_mark": "vip", "ntr_client_note": "Call the director first"}
        )
        ticket = self._ticket()
        for user in (self.engineer, self.dispatcher, self.finance):
            as_user = ticket.with_user(user)
            self.assertEqual(as_user.client_mark, "vip", user.login)
            self.assertEqual(as_user.client_note, "Call the director first")

    def test_nobody_below_marks(self):
        for user in (self.engineer, self.dispatcher):
            for values in (
                {"ntr_client_mark": "difficult"},
                {"ntr_client_note": "x"},
                {"ntr_team_ids": [Command.link(self.team.id)]},
                {"ntr_kind_ids": [Command.link(self.question.id)]},
                {"name": "Firm", "ntr_client_mark": "vip"},
            ):
                with self.assertRefused("decided by a coordinator"):
                    self.firm.with_user(user).write(values)
                with self.assertRefused("decided by a coordinator"):
                    self.env["res.partner"].with_user(user).create(
                        {"name": "New", **values}
                    )
        self.assertEqual(self.firm.ntr_client_mark, "none")

    def test_nobody_marks_by_default_or_import(self):
        partners = self.env["res.partner"].with_user(self.dispatcher)
        with self.assertRefused("decided by a coordinator"):
            partners.with_context(default_ntr_client_mark="vip").create({"name": "x"})
        with self.assertRefused("decided by a coordinator"):
            partners.with_context(default_ntr_kind_ids=self.question.ids).create(
                {"name": "x"}
            )
        self.env["ir.default"].with_user(self.dispatcher).set(
            "res.partner", "ntr_client_mark", "vip", user_id=True
        )
        with self.assertRefused("decided by a coordinator"):
            partners.create({"name": "x"})
        result = partners.load(["name", "ntr_client_mark"], [["Loaded", "VIP"]])
        self.assertFalse(result["ids"])

    def test_others_make_contacts_as_before(self):
        salesman = new_test_user(
            self.env, "sales@x.example", groups=f"base.group_user,{CONTACTS}"
        )
        for user in (salesman, self.dispatcher):
            with Form(self.env["res.partner"].with_user(user)) as form:
                form.name = "New firm"
            form.record.with_user(user).write({"phone": "1"})
            self.assertEqual(form.record.sudo().ntr_client_mark, "none")
        with self.assertRaises(AccessError):
            self.firm.with_user(salesman).read(["ntr_client_mark"])
        with self.assertRaises(AccessError):
            self.firm.with_user(salesman).write({"ntr_client_mark": "vip"})

    def test_copy_is_not_marked(self):
        self.firm.ntr_client_mark = "difficult"
        self.assertEqual(self.firm.copy().ntr_client_mark, "none")

    def test_change_is_tracked_for_colleagues_only(self):
        self.env.flush_all()
        self.cr.flush()
        self.firm.with_user(self.coordinator).ntr_client_mark = "difficult"
        self.env.flush_all()
        self.cr.flush()
        tracked = self.firm.message_ids.tracking_value_ids.filtered(
            lambda it: it.field_id.name == "ntr_client_mark"
        )
        self.assertEqual(tracked.new_value_char, "Difficult")
        message = tracked.mail_message_id
        self.assertEqual(message.author_id, self.coordinator.partner_id)
        self.assertTrue(message.subtype_id.internal)

    def test_client_never_reads_it(self):
        portal = new_test_user(self.env, "ivan@p.example", groups="base.group_portal")
        portal.partner_id.parent_id = self.firm
        self.firm.write({"ntr_client_mark": "difficult", "ntr_client_note": "rude"})
        ticket = self._ticket(partner_id=portal.partner_id.id)
        for record, names in (
            (self.firm, ("ntr_client_mark", "ntr_client_note", "ntr_team_ids")),
            (portal.partner_id, ("ntr_client_mark", "ntr_kind_ids")),
            (ticket, ("client_mark", "client_note")),
        ):
            as_client = record.with_user(portal)
            for name in names:
                with self.assertRaises(AccessError, msg=name):
                    as_client.read([name])
        with self.assertRaises(AccessError):
            self.env["ntr.ticket"].with_user(portal).search(
                [("client_mark", "=", "difficult")]
            )

    def test_filter(self):
        self.firm.ntr_client_mark = "vip"
        ticket = self._ticket()
        self._ticket(partner_id=self.outsider.id)
        for user in (self.engineer, self.finance):
            tickets = self.env["ntr.ticket"].with_user(user)
            found = tickets.search(
                [("client_mark", "=", "vip"), ("team_id", "=", self.team.id)]
            )
            self.assertEqual(found, ticket)

    def test_outside_engineer_sees_the_mark(self):
        self.firm.ntr_client_mark = "vip"
        ticket = self._ticket()
        ticket.assign(self.external.id)
        self.assertEqual(ticket.with_user(self.external).client_mark, "vip")


@tagged("post_install", "-at_install")
class TestAllowed(HelpdeskCase):
    """Teams and kinds that a client may ask for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_team = cls.env["ntr.team"].create(
            {
                "name": "Second desk",
                "coordinator_id": cls.coordinator.id,
                "line_ids": [
                    Command.create(
                        {
                            "name": "One",
                            "level": "1",
                            "member_ids": (cls.dispatcher | cls.engineer).ids,
                        }
                    )
                ],
            }
        )

    def _register(self, user=None, **values):
        return (
            self.env["ntr.ticket"]
            .with_user(user or self.dispatcher)
            .create(
                {
                    "name": "x",
                    "partner_id": self.client.id,
                    "team_id": self.team.id,
                    **values,
                }
            )
        )

    def test_empty_allows_all(self):
        self._register(kind_id=self.incident.id)
        self._register(team_id=self.other_team.id)

    def test_team_not_allowed(self):
        self.firm.ntr_team_ids = self.other_team
        with self.assertRefused("Romashka may not ask team Test desk.*Second desk"):
            self._register()
        with self.assertRefused("may not ask team"):
            self._register(self.admin)
        self._register(team_id=self.other_team.id)
        self._register(partner_id=self.outsider.id)

    def test_kind_not_allowed(self):
        self.firm.ntr_kind_ids = self.question
        with self.assertRefused("may not have requests of the kind .*Question"):
            self._register(kind_id=self.incident.id)
        ticket = self._register()
        with self.assertRefused("may not have requests of the kind"):
            ticket.kind_id = self.incident
        ticket.kind_id = self.question
        ticket.write({"name": "y", "kind_id": self.question.id})

    def test_list_of_another_company_counts_there_only(self):
        company = self.env["res.company"].create({"name": "Branch"})
        branch = self.env["ntr.team"].create(
            {"name": "Branch desk", "company_id": company.id}
        )
        self.firm.ntr_team_ids = branch
        self._register()

    def test_mail_is_never_lost(self):
        self.firm.ntr_team_ids = self.other_team
        ticket = self._receive(self._mail())
        self.assertEqual(ticket.partner_id, self.client)
        self.assertEqual(ticket.state, "new")
        self.assertFalse(ticket.user_id)
        note = ticket.message_ids.filtered(lambda it: "may not ask team" in it.body)
        self.assertEqual(len(note), 1)
        self.assertEqual(note.ntr_audience, "staff")
        self.assertTrue(note.subtype_id.internal)
        # the next ones work on it as on any other
        ticket.with_user(self.dispatcher).pass_on(
            self.other_team.line_ids.id, "it is theirs"
        )
        ticket.with_user(self.engineer).take()

    def test_mail_of_an_allowed_client_has_no_note(self):
        self.firm.ntr_team_ids = self.team
        ticket = self._receive(self._mail())
        self.assertFalse(
            ticket.message_ids.filtered(lambda it: "may not ask" in it.body)
        )

    def test_handing_over_is_free(self):
        self.firm.ntr_team_ids = self.team
        ticket = self._register()
        ticket.with_user(self.engineer).pass_on(self.other_team.line_ids.id, "expert")
        self.assertEqual(ticket.team_id, self.other_team)

    def test_choices_of_a_client(self):
        teams = self.team | self.other_team
        self.assertEqual(self.client._get_ntr_allowed(teams), teams)
        self.firm.ntr_team_ids = self.team
        self.assertEqual(self.client._get_ntr_allowed(teams), self.team)
        kinds = self.incident | self.question
        self.assertEqual(self.client._get_ntr_allowed(kinds), kinds)
        self.firm.ntr_kind_ids = self.question
        self.assertEqual(self.client._get_ntr_allowed(kinds), self.question)
