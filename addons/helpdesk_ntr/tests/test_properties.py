from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..exceptions import NeedsWords
from .common import HelpdeskCase

TEAM_FIELDS = [
    {
        "name": "place",
        "string": "Place",
        "type": "selection",
        "selection": [["shop", "Shop"], ["store", "Store"]],
    },
    {
        "name": "spot",
        "string": "Spot",
        "type": "selection",
        "selection": [["shop/till", "Till"], ["store/gate", "Gate"], ["any", "Any"]],
        "depends_on": "place",
    },
    {
        "name": "serial",
        "string": "Serial number",
        "type": "char",
        "required_at": "creation",
    },
    {
        "name": "checked",
        "string": "Checked with the client",
        "type": "boolean",
        "required_at": "closing",
    },
    {"name": "since", "string": "Since", "type": "date"},
    {"name": "count", "string": "How many", "type": "float"},
    {"name": "story", "string": "Story", "type": "text"},
]
SERIAL = {"team_properties": {"serial": "A1"}}


class PropertiesCase(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.team_properties_definition = TEAM_FIELDS
        cls.other_team = cls.env["ntr.team"].create(
            {
                "name": "Other desk",
                "company_id": cls.company.id,
                "coordinator_id": cls.dispatcher.id,
            }
        )
        cls.printers, cls.scanners = cls.env["ntr.ticket.category"].create(
            [
                {
                    "name": "Printers",
                    "category_properties_definition": [
                        {"name": "ribbon", "string": "Ribbon", "type": "char"},
                        {
                            "name": "maker",
                            "string": "Maker",
                            "type": "selection",
                            "selection": [["z", "Zebra"], ["t", "TSC"]],
                        },
                    ],
                },
                {"name": "Scanners"},
            ]
        )
        cls.label_printers = cls.env["ntr.ticket.category"].create(
            {
                "name": "Label printers",
                "parent_id": cls.printers.id,
                "category_properties_definition": [
                    {"name": "metres", "string": "Metres", "type": "float"}
                ],
            }
        )

    def _values(self, ticket, name="team_properties"):
        ticket.invalidate_recordset([name])
        return {
            field["name"]: field["value"]
            for field in ticket.sudo()._get_fields(name)
            if field.get("value")
        }


@tagged("post_install", "-at_install")
class TestRequiredFields(PropertiesCase):
    def test_person_is_asked_at_registration(self):
        with self.assertRefused("cannot be registered yet. Fill in: Serial number"):
            self._ticket()
        ticket = self._ticket(**SERIAL)
        self.assertEqual(self._values(ticket), {"serial": "A1"})

    def test_form_asks_too(self):
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        form = Form(tickets.with_context(default_team_id=self.team.id))
        form.name = "No receipts"
        with self.assertRefused("Serial number"):
            form.save()

    def test_form_shows_the_fields_of_what_is_chosen(self):
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        form = Form(tickets.with_context(default_team_id=self.other_team.id))
        self.assertFalse(form.team_properties)
        form.category_id = self.printers
        self.assertEqual(
            [field["name"] for field in form.category_properties], ["ribbon", "maker"]
        )
        form.category_id = self.label_printers
        self.assertEqual(len(form.category_properties), 3)
        form.category_id = self.scanners
        self.assertFalse(form.category_properties)
        form.team_id = self.team
        self.assertEqual(len(form.team_properties), len(TEAM_FIELDS))
        form.name = "No receipts"
        form.team_properties = [
            {**field, "value": "A1"} if field["name"] == "serial" else dict(field)
            for field in form.team_properties
        ]
        ticket = form.save()
        self.assertEqual(self._values(ticket), {"serial": "A1"})
        self.env.flush_all()
        self.assertEqual(set(ticket.sudo().team_properties._values), {"serial"})

    def test_list_of_values_is_asked_too(self):
        result = (
            self.env["ntr.ticket"]
            .with_user(self.dispatcher)
            .load(["name", "team_id/.id"], [["From a list", str(self.team.id)]])
        )
        self.assertFalse(result["ids"])
        self.assertIn("Serial number", result["messages"][0]["message"])

    def test_context_opens_no_door(self):
        tickets = self.env["ntr.ticket"].with_user(self.dispatcher)
        with self.assertRefused("Serial number"):
            tickets.with_context(import_file=True).create(
                {"name": "x", "team_id": self.team.id}
            )

    def test_mail_makes_the_ticket_which_stays_new(self):
        ticket = self._receive(self._mail())
        self.assertEqual(ticket.state, "new")
        as_engineer = ticket.with_user(self.engineer)
        with self.assertRefused("stays new until this is filled in: Serial number"):
            as_engineer.take()
        with self.assertRefused("Serial number"):
            ticket.with_user(self.dispatcher).assign(self.engineer.id)
        with self.assertRefused("Serial number"):
            ticket.with_user(self.dispatcher).write({"user_id": self.engineer.id})
        with self.assertRefused("Serial number"):
            as_engineer.wait_for("parts")
        with self.assertRefused("Serial number"):
            as_engineer.write({"stage_id": self.team._get_stage_id("open")})
        self.assertEqual(ticket.state, "new")
        as_engineer.write(SERIAL)
        as_engineer.take()
        self.assertEqual(ticket.state, "open")

    def test_mail_can_be_cancelled_as_it_is(self):
        ticket = self._receive(self._mail())
        ticket.with_user(self.dispatcher).cancel("Advertising")
        self.assertEqual(ticket.state, "cancelled")

    def test_mail_of_a_colleague_is_a_mail(self):
        mail = self._mail(From=self.engineer.email_formatted)
        self.assertEqual(self._receive(mail).state, "new")

    def test_solving_names_what_is_missing(self):
        ticket = self._ticket(**SERIAL).with_user(self.engineer)
        ticket.take()
        with self.assertRefused("Fill in: Checked with the client"):
            ticket.solve("Done", self.cause.id)
        ticket.write({"team_properties": {"serial": "A1", "checked": True}})
        ticket.solve("Done", self.cause.id)
        self.assertEqual(ticket.state, "solved")

    def test_closing_names_what_is_missing(self):
        ticket = self._ticket(
            team_properties={"serial": "A1", "checked": True}
        ).with_user(self.engineer)
        ticket.take()
        ticket.solve("Done", self.cause.id)
        ticket.write({"team_properties": {"checked": True}})
        with self.assertRefused("Serial number"):
            ticket.with_user(self.coordinator).close()

    def test_client_confirms_nevertheless(self):
        ticket = self._ticket(
            team_properties={"serial": "A1", "checked": True}
        ).with_user(self.engineer)
        ticket.take()
        ticket.solve("Done", self.cause.id)
        ticket.write({"team_properties": {"serial": "A1"}})
        ticket.with_user(self.dispatcher).confirm()
        self.assertEqual(ticket.state, "closed")

    def test_base_classification(self):
        self.team.with_user(self.coordinator).write(
            {"is_kind_required": True, "is_category_required": True}
        )
        ticket = self._ticket(team_properties={"serial": "A1", "checked": True})
        ticket.with_user(self.engineer).take()
        with self.assertRefused("Choose the kind. Choose the category."):
            ticket.with_user(self.engineer).solve("Done", self.cause.id)

    def test_zero_is_a_number(self):
        self.team.team_properties_definition = [
            {
                "name": "count",
                "string": "How many",
                "type": "integer",
                "required_at": "creation",
            }
        ]
        with self.assertRefused("How many"):
            self._ticket()
        self.assertTrue(self._ticket(team_properties={"count": 0}))

    def test_copy_keeps_the_values(self):
        ticket = self._ticket(**SERIAL)
        self.assertEqual(
            self._values(ticket.with_user(self.dispatcher).copy()), {"serial": "A1"}
        )


@tagged("post_install", "-at_install")
class TestLinkedFields(PropertiesCase):
    def test_option_that_does_not_go_with_the_other_is_refused(self):
        for values in (
            {"serial": "A1", "place": "shop", "spot": "store/gate"},
            {"serial": "A1", "spot": "store/gate"},
        ):
            with self.assertRefused("“Gate” in “Spot” does not go with"):
                self._ticket(team_properties=values)
        ticket = self._ticket(
            team_properties={"serial": "A1", "place": "store", "spot": "store/gate"}
        )
        with self.assertRefused("does not go with"):
            ticket.with_user(self.engineer).write(
                {"team_properties": {**self._values(ticket), "place": "shop"}}
            )

    def test_option_of_everybody(self):
        self._ticket(team_properties={"serial": "A1", "spot": "any"})

    def test_definition_is_tidied(self):
        self.team.team_properties_definition = [
            {"name": "a", "string": "A", "type": "char", "depends_on": "gone"},
            {"name": "b", "string": "B", "type": "char", "required_at": False},
        ]
        for field in self.team.team_properties_definition:
            self.assertFalse({"depends_on", "required_at"} & field.keys())

    def test_wrong_definitions_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "“creation” or at “closing”"):
            self.team.team_properties_definition = [
                {"name": "a", "string": "A", "type": "char", "required_at": "never"}
            ]
        with self.assertRaisesRegex(ValidationError, "depends on itself"):
            self.team.team_properties_definition = [
                {
                    "name": name,
                    "string": name,
                    "type": "selection",
                    "selection": [["x", "X"]],
                    "depends_on": other,
                }
                for name, other in (("a", "b"), ("b", "a"))
            ]

    def test_other_models_are_left_alone(self):
        if "project.project" in self.env:
            self.env["project.project"].create(
                {
                    "name": "x",
                    "task_properties_definition": [{"name": "a", "type": "char"}],
                }
            )


@tagged("post_install", "-at_install")
class TestKeptFields(PropertiesCase):
    def test_change_of_team_goes_to_the_ledger_and_back(self):
        ticket = self._ticket(**SERIAL).with_user(self.dispatcher)
        ticket.write({"team_id": self.other_team.id})
        self.assertEqual(self._values(ticket), {})
        self.assertEqual(
            self._last_event(ticket).changes["team_properties"],
            [{"serial": "A1"}, False],
        )
        self.assertIn("Serial number: A1", self._last_event(ticket).description)
        ticket.write({"team_id": self.team.id})
        self.assertEqual(self._values(ticket), {"serial": "A1"})
        self.assertEqual(
            self._last_event(ticket).changes["team_properties"],
            [False, {"serial": "A1"}],
        )
        self.assertFalse(ticket.sudo().dropped_properties)

    def test_passing_on_keeps_too(self):
        line = self.env["ntr.support.line"].create(
            {
                "name": "There",
                "team_id": self.other_team.id,
                "member_ids": self.dispatcher.ids,
            }
        )
        ticket = self._ticket(**SERIAL)
        ticket.with_user(self.dispatcher).pass_on(line.id, "Yours")
        self.assertTrue(ticket.dropped_properties)
        ticket.with_user(self.dispatcher).pass_on(self.line2.id, "No, yours")
        self.assertEqual(self._values(ticket), {"serial": "A1"})

    def test_category_and_back(self):
        ticket = self._ticket(
            category_id=self.printers.id,
            category_properties={"ribbon": "wax"},
            **SERIAL,
        ).with_user(self.engineer)
        ticket.write({"category_id": self.scanners.id})
        self.assertEqual(self._values(ticket, "category_properties"), {})
        ticket.write({"category_id": self.printers.id})
        self.assertEqual(self._values(ticket, "category_properties"), {"ribbon": "wax"})

    def test_form_offers_them_again(self):
        ticket = self._ticket(
            category_id=self.printers.id,
            category_properties={"ribbon": "wax"},
            **SERIAL,
        ).with_user(self.engineer)
        ticket.write({"category_id": self.scanners.id})
        with Form(ticket) as form:
            form.category_id = self.printers
            self.assertEqual(dict(form.category_properties[0])["value"], "wax")
        self.assertEqual(self._values(ticket, "category_properties"), {"ribbon": "wax"})

    def test_new_values_come_with_the_new_team(self):
        self.other_team.team_properties_definition = [
            {"name": "dish", "string": "Dish", "type": "char"}
        ]
        ticket = self._ticket(**SERIAL).with_user(self.dispatcher)
        ticket.write(
            {"team_id": self.other_team.id, "team_properties": {"dish": "soup"}}
        )
        self.assertEqual(self._values(ticket), {"dish": "soup"})
        ticket.write({"team_id": self.team.id})
        self.assertEqual(self._values(ticket), {"serial": "A1"})

    def test_definition_is_not_changed_through_a_ticket(self):
        ticket = self._ticket(**SERIAL).with_user(self.dispatcher)
        evil = [
            {
                "name": "evil",
                "string": "Evil",
                "type": "char",
                "value": "x",
                "definition_changed": True,
            }
        ]
        ticket.write({"team_id": self.other_team.id, "team_properties": evil})
        self.assertFalse(self.other_team.team_properties_definition)
        with self.assertRaises(AccessError):
            ticket.write({"team_properties": evil})

    def test_values_of_a_property_go_to_the_ledger(self):
        ticket = self._ticket(**SERIAL).with_user(self.engineer)
        ticket.write({"team_properties": {"serial": "B2"}})
        self.assertEqual(
            self._last_event(ticket).changes,
            {"team_properties": [{"serial": "A1"}, {"serial": "B2"}]},
        )

    def test_kept_values_cannot_be_written(self):
        ticket = self._ticket(**SERIAL)
        with self.assertRefused("cannot be set by hand"):
            ticket.with_user(self.admin).write({"dropped_properties": {}})

    def test_client_does_not_read_them(self):
        portal = new_test_user(
            self.env, "portal@romashka.example", groups="base.group_portal"
        )
        ticket = self._ticket(partner_id=portal.partner_id.id, **SERIAL)
        self.env.flush_all()
        for name in ("team_properties", "category_properties", "dropped_properties"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                ticket.with_user(portal).read([name])


@tagged("post_install", "-at_install")
class TestFieldsWizard(PropertiesCase):
    def _open(self, record=None, user=None):
        record = record or self.team
        link = "team_id" if record._name == "ntr.team" else "category_id"
        return Form(
            self.env["ntr.fields.wizard"]
            .with_user(user or self.coordinator)
            .with_context(**{f"default_{link}": record.id})
        )

    def test_nothing_changed_changes_nothing(self):
        before = self.team.team_properties_definition
        self._open().save().action_apply()
        self.assertEqual(self.team.team_properties_definition, before)

    def test_fields_of_every_type(self):
        form = self._open(self.scanners)
        for label, kind, options in (
            ("Maker", "selection", "Zebra\nHoneywell"),
            ("Model", "linked", "Zebra / DS22\nHoneywell / 1900\nOther"),
            ("Wireless", "boolean", False),
            ("Note", "char", False),
            ("Story", "text", False),
            ("Bought", "date", False),
            ("How many", "float", False),
        ):
            with form.line_ids.new() as line:
                line.label = label
                line.type = kind
                if options:
                    line.options = options
                line.required_at = "closing"
        form.save().action_apply()
        fields = self.scanners.category_properties_definition
        self.assertEqual(
            [field["type"] for field in fields],
            ["selection", "selection", "boolean", "char", "text", "date", "float"],
        )
        maker, model = fields[:2]
        self.assertEqual(model["depends_on"], maker["name"])
        zebra = maker["selection"][0][0]
        self.assertTrue(model["selection"][0][0].startswith(f"{zebra}/"))
        self.assertNotIn("/", model["selection"][2][0])
        self.assertEqual(model["required_at"], "closing")

    def test_values_survive_a_new_option(self):
        ticket = self._ticket(
            team_properties={"serial": "A1", "place": "shop", "spot": "shop/till"}
        )
        form = self._open()
        with form.line_ids.edit(1) as line:
            self.assertEqual(line.options, "Shop / Till\nStore / Gate\nAny")
            self.assertEqual(line.depends_on, "Place")
            line.options = "Shop / Door\nShop / Till\nStore / Gate"
        form.save().action_apply()
        self.assertEqual(self._values(ticket)["spot"], "shop/till")

    def test_option_beside_nothing_is_refused(self):
        form = self._open()
        with form.line_ids.edit(1) as line:
            line.options = "Office / Desk"
        with self.assertRaisesRegex(ValidationError, "no option “Office”"):
            form.save().action_apply()

    def test_linked_needs_a_drop_down_above(self):
        form = self._open(self.scanners)
        with form.line_ids.new() as line:
            line.label = "Model"
            line.type = "linked"
            line.options = "Zebra / DS22"
        with self.assertRaisesRegex(ValidationError, "no such drop-down"):
            form.save().action_apply()

    def test_who_sets_fields_up(self):
        with self.assertRaises(AccessError):
            self._open(user=self.dispatcher)

    def test_inherited_fields_are_shown_and_stay_where_they_are(self):
        form = self._open(self.label_printers)
        self.assertEqual(
            [
                (line["source"], line["label"])
                for line in form.inherited_line_ids._records
            ],
            [("Printers", "Ribbon"), ("Printers", "Maker")],
        )
        self.assertEqual(len(form.line_ids), 1)
        form.save().action_apply()
        self.assertEqual(
            [it["name"] for it in self.label_printers.category_properties_definition],
            ["metres"],
        )

    def test_own_drop_down_linked_to_an_inherited_one(self):
        form = self._open(self.label_printers)
        with form.line_ids.new() as line:
            line.label = "Model"
            line.type = "linked"
            line.options = "Zebra / ZD420"
            line.depends_on = "Maker"
        form.save().action_apply()
        model = self.label_printers.category_properties_definition[-1]
        self.assertEqual(model["depends_on"], "maker")
        whole = self.label_printers.ticket_properties_definition
        self.assertEqual(whole[-1], model)
        form = self._open(self.label_printers)
        with form.line_ids.edit(1) as line:
            self.assertEqual((line.type, line.depends_on), ("linked", "Maker"))
            self.assertEqual(line.options, "Zebra / ZD420")
        form.save().action_apply()
        self.assertEqual(self.label_printers.ticket_properties_definition, whole)
        self.printers.category_properties_definition = []
        form = self._open(self.label_printers)
        with form.line_ids.edit(1) as line:
            self.assertEqual(line.type, "selection")
        form.save().action_apply()


@tagged("post_install", "-at_install")
class TestInheritedFields(PropertiesCase):
    def _names(self, category):
        return [it["name"] for it in category.ticket_properties_definition]

    def _as_coordinator(self, category):
        return category.with_user(self.coordinator)

    def test_children_have_the_fields_of_their_parents(self):
        self.assertEqual(self._names(self.printers), ["ribbon", "maker"])
        self.assertEqual(
            self._names(self.label_printers), ["ribbon", "maker", "metres"]
        )
        below = self.env["ntr.ticket.category"].create(
            {
                "name": "Small ones",
                "parent_id": self.label_printers.id,
                "category_properties_definition": [
                    {"name": "size", "string": "Size", "type": "char"}
                ],
            }
        )
        self.assertEqual(self._names(below), ["ribbon", "maker", "metres", "size"])

    def test_change_of_a_parent_is_carried_to_all_below(self):
        below = self.env["ntr.ticket.category"].create(
            {"name": "Small ones", "parent_id": self.label_printers.id, "active": False}
        )
        self._as_coordinator(self.printers).category_properties_definition = [
            {"name": "maker", "string": "Brand", "type": "char"}
        ]
        self.env.flush_all()
        for category in self.label_printers, below:
            self.assertEqual(self._names(category), ["maker", "metres"])
            self.assertEqual(
                category.ticket_properties_definition[0]["string"], "Brand"
            )
        self.assertEqual(len(self.label_printers.category_properties_definition), 1)

    def test_category_that_moves_has_the_fields_of_its_new_parent(self):
        self.scanners.category_properties_definition = [
            {"name": "beam", "string": "Beam", "type": "char"}
        ]
        self._as_coordinator(self.label_printers).parent_id = self.scanners
        self.assertEqual(self._names(self.label_printers), ["beam", "metres"])
        self._as_coordinator(self.label_printers).parent_id = False
        self.assertEqual(self._names(self.label_printers), ["metres"])

    def test_field_of_the_parent_holds_where_names_are_the_same(self):
        self.label_printers.category_properties_definition = [
            {"name": "ribbon", "string": "Mine", "type": "date"}
        ]
        self.assertEqual(self._names(self.label_printers), ["ribbon", "maker"])
        self.assertEqual(
            self.label_printers.ticket_properties_definition[0]["string"], "Ribbon"
        )

    def test_copy_has_them_once(self):
        copy = self._as_coordinator(self.label_printers).copy()
        self.assertEqual(self._names(copy), self._names(self.label_printers))

    def test_inherited_fields_are_required_likewise(self):
        self.printers.category_properties_definition = [
            {
                "name": "ribbon",
                "string": "Ribbon",
                "type": "char",
                "required_at": "creation",
            }
        ]
        with self.assertRefused("cannot be registered yet. Fill in: Ribbon"):
            self._ticket(category_id=self.label_printers.id, **SERIAL)

    def test_value_of_a_shared_field_survives_within_the_branch(self):
        receipts = self.env["ntr.ticket.category"].create(
            {"name": "Receipt printers", "parent_id": self.printers.id}
        )
        ticket = self._ticket(
            category_id=self.label_printers.id,
            category_properties={"ribbon": "wax", "metres": 12.5},
            **SERIAL,
        ).with_user(self.engineer)
        for category in receipts, self.printers:
            ticket.category_id = category
            self.env.flush_all()
            self.assertEqual(
                self._values(ticket, "category_properties"), {"ribbon": "wax"}
            )
        ticket.category_properties = {"ribbon": "resin"}
        ticket.category_id = self.label_printers
        self.assertEqual(
            self._values(ticket, "category_properties"),
            {"ribbon": "resin", "metres": 12.5},
        )
        # what was kept at the label printers is older than what comes along
        ticket.category_id = self.scanners
        ticket.category_id = receipts
        ticket.category_properties = {"ribbon": "wax/resin"}
        ticket.category_id = self.label_printers
        self.assertEqual(
            self._values(ticket, "category_properties"),
            {"ribbon": "wax/resin", "metres": 12.5},
        )

    def test_form_keeps_shared_values_too(self):
        ticket = self._ticket(
            category_id=self.label_printers.id,
            category_properties={"ribbon": "wax", "metres": 12.5},
            **SERIAL,
        ).with_user(self.engineer)
        with Form(ticket) as form:
            form.category_id = self.scanners
            form.category_id = self.printers
            self.assertEqual(dict(form.category_properties[0])["value"], "wax")
            form.category_id = self.scanners
            form.category_id = self.label_printers
        self.assertEqual(
            self._values(ticket, "category_properties"),
            {"ribbon": "wax", "metres": 12.5},
        )

    def test_odoos_popover_adds_to_the_own_fields(self):
        ticket = self._ticket(
            category_id=self.label_printers.id,
            category_properties={"ribbon": "wax"},
            **SERIAL,
        ).with_user(self.coordinator)
        fields = ticket.read(["category_properties"])[0]["category_properties"]
        fields.append(
            {
                "name": "dust",
                "string": "Dust",
                "type": "char",
                "value": "much",
                "definition_changed": True,
            }
        )
        ticket.write({"category_properties": fields})
        self.assertEqual(
            [it["name"] for it in self.label_printers.category_properties_definition],
            ["metres", "dust"],
        )
        self.assertEqual(self._names(self.printers), ["ribbon", "maker"])
        self.assertEqual(
            self._values(ticket, "category_properties"),
            {"ribbon": "wax", "dust": "much"},
        )

    def test_odoos_popover_does_not_change_inherited_fields(self):
        ticket = self._ticket(category_id=self.label_printers.id, **SERIAL).with_user(
            self.coordinator
        )
        for change in ({"string": "Tape"}, {"definition_deleted": True}):
            fields = ticket.read(["category_properties"])[0]["category_properties"]
            fields[0].update(change, definition_changed=True)
            with self.assertRefused("“Ribbon” comes from category Printers"):
                ticket.write({"category_properties": fields})
        self.assertEqual(
            self.printers.category_properties_definition[0]["string"], "Ribbon"
        )

    def test_who_may_not_write_categories_does_not_write_these_either(self):
        with self.assertRaises(AccessError):
            self.label_printers.with_user(self.engineer).write(
                {"ticket_properties_definition": []}
            )

    def test_wrong_own_field_is_refused_at_once(self):
        with self.assertRaisesRegex(ValidationError, "depends on itself"):
            self._as_coordinator(self.label_printers).category_properties_definition = [
                {
                    "name": name,
                    "string": name,
                    "type": "selection",
                    "selection": [["x", "X"]],
                    "depends_on": other,
                }
                for name, other in (("a", "b"), ("b", "a"))
            ]


@tagged("post_install", "-at_install")
class TestSolveDialog(PropertiesCase):
    """What is missing is asked for and written with the solution."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.printers.category_properties_definition = [
            {
                "name": "ribbon",
                "string": "Ribbon",
                "type": "char",
                "required_at": "closing",
            },
            {"name": "note", "string": "Note", "type": "char"},
        ]
        cls.scanners.category_properties_definition = [
            {
                "name": "beam",
                "string": "Beam",
                "type": "char",
                "required_at": "closing",
            }
        ]

    def _open(self, ticket, user=None):
        return Form(
            self.env["ntr.ticket.solve.wizard"]
            .with_user(user or self.engineer)
            .with_context(active_id=ticket.id)
        )

    def _fill(self, form, name, **values):
        form[name] = [
            {
                **field,
                **({"value": values[field["name"]]} if field["name"] in values else {}),
            }
            for field in map(dict, form[name])
        ]

    def test_missing_fields_are_asked_and_written(self):
        ticket = self._ticket(
            category_id=self.label_printers.id,
            category_properties={"note": "careful"},
            **SERIAL,
        )
        ticket.with_user(self.engineer).take()
        form = self._open(ticket)
        self.assertEqual(form.asked_team_properties, ["checked"])
        self.assertEqual(form.asked_category_properties, ["ribbon"])
        self.assertFalse(form.asked_kind_id or form.asked_category_id)
        form.cause_id = self.cause
        form.solution = "New ribbon"
        self._fill(form, "team_properties", checked=True)
        self._fill(form, "category_properties", ribbon="wax")
        form.save().action_solve()
        self.assertEqual(ticket.state, "solved")
        self.assertEqual(self._values(ticket), {"serial": "A1", "checked": True})
        self.assertEqual(
            self._values(ticket, "category_properties"),
            {"ribbon": "wax", "note": "careful"},
        )
        event = ticket.event_ids.filtered(lambda event: event.type == "classified")
        self.assertEqual(set(event.changes), {"team_properties", "category_properties"})

    def test_nothing_missing_asks_for_nothing(self):
        ticket = self._ticket(team_properties={"serial": "A1", "checked": True})
        form = self._open(ticket)
        self.assertFalse(form.asked_team_properties)
        self.assertFalse(form.asked_category_properties)

    def test_what_is_left_out_is_named_and_nothing_is_written(self):
        ticket = self._ticket(category_id=self.label_printers.id, **SERIAL)
        form = self._open(ticket)
        form.cause_id = self.cause
        form.solution = "New ribbon"
        self._fill(form, "category_properties", ribbon="wax")
        wizard = form.save()
        with self.assertRefused("Fill in: Checked with the client"):
            wizard.action_solve()

    def test_kind_and_category_and_the_fields_of_the_category_chosen(self):
        self.team.write({"is_kind_required": True, "is_category_required": True})
        ticket = self._ticket(team_properties={"serial": "A1", "checked": True})
        form = self._open(ticket)
        self.assertTrue(form.asked_kind_id and form.asked_category_id)
        self.assertFalse(form.asked_category_properties)
        form.kind_id = self.incident
        form.category_id = self.scanners
        self.assertEqual(form.asked_category_properties, ["beam"])
        form.category_id = self.label_printers
        self.assertEqual(form.asked_category_properties, ["ribbon"])
        self._fill(form, "category_properties", ribbon="wax")
        form.cause_id = self.cause
        form.solution = "New ribbon"
        form.save().action_solve()
        self.assertEqual(ticket.state, "solved")
        self.assertEqual(ticket.category_id, self.label_printers)
        self.assertEqual(ticket.kind_id, self.incident)
        self.assertEqual(self._values(ticket, "category_properties"), {"ribbon": "wax"})

    def test_values_kept_from_an_earlier_stay_are_not_asked_again(self):
        self.team.is_category_required = True
        ticket = self._ticket(
            category_id=self.label_printers.id,
            category_properties={"ribbon": "wax", "metres": 3.5},
            team_properties={"serial": "A1", "checked": True},
        )
        ticket.with_user(self.dispatcher).category_id = False
        form = self._open(ticket)
        form.category_id = self.label_printers
        self.assertFalse(form.asked_category_properties)
        form.cause_id = self.cause
        form.solution = "New ribbon"
        form.save().action_solve()
        self.assertEqual(
            self._values(ticket, "category_properties"),
            {"ribbon": "wax", "metres": 3.5},
        )

    def test_new_ticket_of_a_mail_is_filled_in_and_solved_at_once(self):
        ticket = self._receive(self._mail())
        with self.assertRaises(NeedsWords) as caught:
            ticket.with_user(self.engineer).write(
                {"stage_id": self.team._get_stage_id("solved")}
            )
        form = Form(
            self.env["ntr.ticket.solve.wizard"]
            .with_user(self.engineer)
            .with_context(**caught.exception.args[3])
        )
        self.assertEqual(form.asked_team_properties, ["serial", "checked"])
        self._fill(form, "team_properties", serial="A1", checked=True)
        form.cause_id = self.cause
        form.solution = "By phone"
        form.save().action_solve()
        self.assertEqual(ticket.state, "solved")

    def test_what_others_filled_in_meanwhile_stays(self):
        ticket = self._ticket(category_id=self.label_printers.id, **SERIAL)
        form = self._open(ticket)
        form.cause_id = self.cause
        form.solution = "New ribbon"
        self._fill(form, "team_properties", checked=True, serial="wrong")
        self._fill(form, "category_properties", ribbon="wax")
        wizard = form.save()
        ticket.with_user(self.dispatcher).write(
            {
                "team_properties": {"serial": "B2", "place": "shop"},
                "category_properties": {"ribbon": "resin"},
            }
        )
        wizard.invalidate_recordset()
        wizard.action_solve()
        self.assertEqual(
            self._values(ticket), {"serial": "B2", "place": "shop", "checked": True}
        )
        self.assertEqual(
            self._values(ticket, "category_properties"), {"ribbon": "resin"}
        )

    def test_dialog_changes_no_definition(self):
        ticket = self._ticket(category_id=self.label_printers.id, **SERIAL)
        form = self._open(ticket)
        fields = [dict(field) for field in form.team_properties]
        fields[0].update(string="Evil", definition_changed=True)
        with self.assertRaises(AccessError):
            self.env["ntr.ticket.solve.wizard"].with_user(self.engineer).create(
                {"ticket_id": ticket.id, "team_properties": fields}
            )

    def test_ticket_of_others_is_not_read_through_the_dialog(self):
        ticket = self._ticket(category_id=self.label_printers.id, **SERIAL)
        ticket.sudo().solution = "A secret"
        wizards = self.env["ntr.ticket.solve.wizard"].with_user(self.external)
        with self.assertRaises(AccessError):
            wizards.with_context(active_id=ticket.id).default_get(
                ["ticket_id", "team_properties"]
            )
        with self.assertRaises(AccessError):
            wizards.onchange(
                {"ticket_id": ticket.id},
                ["ticket_id"],
                {"ticket_id": {}, "solution": {}, "asked_team_properties": {}},
            )

    def test_outside_engineer_fills_in_too(self):
        ticket = self._ticket(user_id=self.external.id, **SERIAL)
        form = self._open(ticket, self.external)
        form.cause_id = self.cause
        form.solution = "Done"
        self._fill(form, "team_properties", checked=True)
        form.save().action_solve()
        self.assertEqual(ticket.state, "solved")
