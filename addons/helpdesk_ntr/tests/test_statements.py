from lxml import etree

from odoo.tests import tagged

from .common import HelpdeskCase

# What one ticket may cost; a change that needs more has to say why.
MOST_OF_ONE = {
    "take": 24,
    "assign": 62,
    "pass_on": 56,
    "wait_for": 18,
    "solve": 84,
    "close": 62,
    "confirm": 70,
    "reject_solution": 52,
    "reopen": 21,
    "cancel": 22,
}
MOST_OF_VIEW = {"form": 66, "list": 17, "kanban": 27}


@tagged("post_install", "-at_install")
class TestStatements(HelpdeskCase):
    """What people do all day costs few SQL statements, and many at once cost hardly
    more than one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tickets = cls.env["ntr.ticket"].create(
            [
                {
                    "name": f"Ticket {number}",
                    "team_id": cls.team.id,
                    "partner_id": cls.client.id,
                    "kind_id": cls.incident.id,
                }
                for number in range(1 + 1 + 10 + 10 + 100)
            ]
        )

    def _count(self, call):
        self.cr.flush()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        call()
        # what Odoo does before it commits, tracking of changes included
        self.cr.flush()
        return self.cr.sql_log_count - before

    # --- verbs

    def _count_verb(self, user, verb, *arguments, prepare=None):
        """{number of tickets: statements}, each on fresh tickets with warm caches."""
        counts, start = {}, 0
        for number in (1, 1, 10, 10, 100):
            tickets = self.tickets[start : start + number]
            start += number
            if prepare:
                prepare(tickets)
            call = getattr(tickets.with_user(user), verb)
            counts[number] = self._count(lambda call=call: call(*arguments))
        return counts

    def _test_verb(self, user, verb, *arguments, prepare=None):
        counts = self._count_verb(user, verb, *arguments, prepare=prepare)
        self.assertLessEqual(counts[1], MOST_OF_ONE[verb], counts)
        self.assertLessEqual(counts[100], 1.5 * counts[10], counts)

    def _take(self, tickets):
        tickets.with_user(self.engineer).take()

    def _solve(self, tickets):
        self._take(tickets)
        tickets.with_user(self.engineer).solve("Done", self.cause.id)

    def _close(self, tickets):
        self._solve(tickets)
        tickets.with_user(self.coordinator).close()

    def test_take(self):
        self._test_verb(self.engineer, "take")

    def test_assign(self):
        self._test_verb(self.dispatcher, "assign", self.engineer.id)

    def test_pass_on(self):
        self._test_verb(self.dispatcher, "pass_on", self.line2.id, "Hard")

    def test_wait_for(self):
        self._test_verb(
            self.engineer, "wait_for", "client", "Model?", prepare=self._take
        )

    def test_solve(self):
        self._test_verb(
            self.engineer, "solve", "Done", self.cause.id, prepare=self._take
        )

    def test_close(self):
        self._test_verb(self.coordinator, "close", prepare=self._solve)

    def test_confirm(self):
        self._test_verb(self.dispatcher, "confirm", prepare=self._solve)

    def test_reject_solution(self):
        self._test_verb(self.engineer, "reject_solution", "No", prepare=self._solve)

    def test_reopen(self):
        self._test_verb(self.engineer, "reopen", "Again", prepare=self._close)

    def test_cancel(self):
        self._test_verb(self.dispatcher, "cancel", "Spam")

    def test_letters_of_many_are_not_lost(self):
        self._take(self.tickets[:10])
        self.env["ntr.notice"].search([]).unlink()
        self.tickets[:10].with_user(self.engineer).solve("Done", self.cause.id)
        letters = self.env["ntr.notice"].search([])
        # to the client, and to the coordinator
        self.assertEqual(len(letters), 20)
        self._send_due()
        for ticket in self.tickets[:10]:
            self.assertIn("automatic_message", self._types(ticket))

    def test_notes_of_many_are_complete(self):
        self.cr.flush()
        self._take(self.tickets[:10])
        self.cr.flush()
        for ticket in self.tickets[:10]:
            note = ticket.message_ids[:1]
            fields = note.sudo().tracking_value_ids.field_id.mapped("name")
            self.assertIn("user_id", fields)
            self.assertIn("stage_id", fields)
            self.assertEqual(note.author_id, self.engineer.partner_id)

    # --- screens

    def _get_specification(self, model, node):
        """What the web client asks for, read out of a view."""
        specification = {}
        for field in node.iterfind(".//field"):
            name = field.get("name")
            if any(it.tag == "field" for it in field.iterancestors() if it is not node):
                continue
            if name not in model._fields:
                continue
            kind = model._fields[name].type
            if kind in ("one2many", "many2many"):
                inner = field.find("list")
                comodel = self.env[model._fields[name].comodel_name]
                specification[name] = {
                    "fields": {"display_name": {}}
                    if inner is None
                    else self._get_specification(comodel, inner),
                    "limit": 40,
                }
            elif kind == "many2one":
                specification[name] = {"fields": {"display_name": {}}}
            else:
                specification[name] = {}
        return specification

    def _get_view(self, tickets, view_type):
        arch = etree.fromstring(tickets.get_view(view_type=view_type)["arch"])
        return self._get_specification(tickets, arch)

    def test_form(self):
        ticket = self.tickets[0]
        self._close(ticket)
        ticket = ticket.with_user(self.dispatcher)
        specification = self._get_view(ticket, "form")
        self.assertIn("event_ids", specification)
        ticket.web_read(specification)
        count = self._count(lambda: ticket.web_read(specification))
        self.assertLessEqual(count, MOST_OF_VIEW["form"])

    def _make_client_with(self, number):
        """A client with so many tickets, half of them solved; one that is open."""
        contact = self.env["res.partner"].create(
            {
                "name": f"Contact of {number}",
                "parent_id": self.env["res.partner"]
                .create({"name": f"Firm of {number}", "is_company": True})
                .id,
            }
        )
        tickets = self.env["ntr.ticket"].create(
            [
                {
                    "name": f"Ticket {it}",
                    "team_id": self.team.id,
                    "partner_id": contact.id,
                }
                for it in range(number)
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ntr_ticket SET solved_at = create_date, state = 'closed',"
            " stage_id = %s WHERE id = ANY(%s) AND id %% 2 = 0",
            (self.team._get_stage_id("closed"), tickets.ids),
        )
        self.env.invalidate_all()
        return tickets.filtered(lambda it: it.state == "new")[0]

    def test_form_of_a_client_with_many(self):
        """The client at a glance costs the same, however much he has asked."""
        tickets = self.tickets.with_user(self.dispatcher)
        specification = self._get_view(tickets[:1], "form")
        self.assertIn("client_glance", specification)
        counts = {}
        for number in (10, 10, 300):
            ticket = self._make_client_with(number).with_user(self.dispatcher)
            ticket.web_read(specification)
            counts[number] = self._count(lambda it=ticket: it.web_read(specification))
            self.assertEqual(len(ticket.client_glance["lists"][0]["rows"]), 5)
        self.assertEqual(counts[300], counts[10], counts)
        self.assertLessEqual(counts[300], MOST_OF_VIEW["form"])

    def _test_many(self, view_type, call):
        """A screen of 80 costs no more than one of 8."""
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        specification = self._get_view(tickets, view_type)
        counts = {}
        for limit in (8, 8, 80):
            counts[limit] = self._count(
                lambda limit=limit: call(tickets, specification, limit)
            )
        self.assertLessEqual(counts[80], MOST_OF_VIEW[view_type], counts)
        self.assertLessEqual(counts[80], counts[8] + 2, counts)

    def test_list(self):
        def read(tickets, specification, limit):
            found = tickets.web_search_read(
                [("team_id", "=", self.team.id)], specification, limit=limit
            )
            self.assertEqual(len(found["records"]), limit)

        self._test_many("list", read)

    def test_kanban(self):
        def read(tickets, specification, limit):
            groups = tickets.web_read_group(
                [("team_id", "=", self.team.id)],
                ["stage_id"],
                ["__count"],
                auto_unfold=True,
                unfold_read_specification=specification,
                unfold_read_default_limit=limit,
            )["groups"]
            cards = [card for it in groups for card in it.get("__records", ())]
            self.assertEqual(len(cards), limit)

        self._test_many("kanban", read)
