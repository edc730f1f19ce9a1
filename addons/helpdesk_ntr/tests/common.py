from contextlib import contextmanager
from email.message import EmailMessage

from freezegun import freeze_time

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, new_test_user


class HelpdeskCase(TransactionCase):
    """The cast: a team with three lines, one user per role, two client firms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env = cls.env["base"].with_context(lang="en_US").env
        cls.company = cls.env.company
        cls.alias_domain = cls.env["mail.alias.domain"].create({"name": "desk.example"})
        if "base.automation" in cls.env:
            # rules of the demonstration would join in
            cls.env["base.automation"].search([]).active = False
        cls._make_users()
        cls._make_team()
        cls._make_clients()
        cls.cause = cls.env.ref("helpdesk_ntr.ntr_ticket_cause_wear")
        cls.incident = cls.env.ref("helpdesk_ntr.ntr_ticket_kind_incident")
        cls.question = cls.env.ref("helpdesk_ntr.ntr_ticket_kind_question")

    @classmethod
    def _make_users(cls):
        for role in (
            "engineer",
            "dispatcher",
            "coordinator",
            "director",
            "admin",
            "finance",
            "author",
            "external",
        ):
            user = new_test_user(
                cls.env,
                f"{role}@desk.example",
                groups=f"helpdesk_ntr.group_{role}",
                name=role.capitalize(),
                tz="Europe/Moscow",
                lang="en_US",
            )
            setattr(cls, role, user)
        cls.engineer2 = new_test_user(
            cls.env,
            "engineer2@desk.example",
            groups="helpdesk_ntr.group_engineer",
            lang="en_US",
            name="Engineer Two",
        )
        cls.stranger = new_test_user(
            cls.env,
            "stranger@desk.example",
            groups="helpdesk_ntr.group_engineer",
            lang="en_US",
            name="Engineer of another team",
        )

    @classmethod
    def _make_team(cls):
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Five days, eight hours",
                "tz": "Europe/Moscow",
                "company_id": cls.company.id,
                "attendance_ids": [(5,)]
                + [
                    (
                        0,
                        0,
                        {
                            "name": "Work",
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 17,
                            "day_period": "morning",
                        },
                    )
                    for day in range(5)
                ],
            }
        )
        cls.team = cls.env["ntr.team"].create(
            {
                "name": "Test desk",
                "company_id": cls.company.id,
                "alias_name": "test-desk",
                "alias_domain_id": cls.alias_domain.id,
                "coordinator_id": cls.coordinator.id,
                "resource_calendar_id": cls.calendar.id,
                "closing_days": 5,
                "closing_warning_days": 2,
                "reopen_days": 10,
            }
        )
        cls.line1, cls.line2, cls.line3 = cls.env["ntr.support.line"].create(
            [
                {
                    "name": f"Line {level}",
                    "team_id": cls.team.id,
                    "level": level,
                    "member_ids": [(6, 0, members.ids)],
                    "manager_id": manager.id,
                }
                for level, members, manager in (
                    ("1", cls.dispatcher, cls.coordinator),
                    ("2", cls.engineer | cls.engineer2, cls.coordinator),
                    ("3", cls.env["res.users"], cls.coordinator),
                )
            ]
        )

    @classmethod
    def _make_clients(cls):
        partners = cls.env["res.partner"]
        cls.firm, cls.other_firm = partners.create(
            [
                {"name": "Romashka", "is_company": True},
                {"name": "Vector", "is_company": True},
            ]
        )
        cls.client, cls.colleague, cls.outsider = partners.create(
            [
                {
                    "name": "Ivan Petrov",
                    "email": "ivan@romashka.example",
                    "parent_id": cls.firm.id,
                    "lang": "en_US",
                },
                {
                    "name": "Anna Sidorova",
                    "email": "anna@romashka.example",
                    "parent_id": cls.firm.id,
                },
                {
                    "name": "Oleg Vector",
                    "email": "oleg@vector.example",
                    "parent_id": cls.other_firm.id,
                },
            ]
        )

    # ------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------

    def _ticket(self, **values):
        """A ticket that the dispatcher registers for the client."""
        return (
            self.env["ntr.ticket"]
            .with_user(self.dispatcher)
            .create(
                {
                    "name": "Printer prints stripes",
                    "partner_id": self.client.id,
                    "team_id": self.team.id,
                    **values,
                }
            )
            .with_user(self.env.user)
        )

    def _solved(self, **values):
        """A ticket that the engineer has taken and solved."""
        ticket = self._ticket(kind_id=self.incident.id, **values)
        as_engineer = ticket.with_user(self.engineer)
        as_engineer.take()
        as_engineer.solve("Replaced the roller", self.cause.id)
        return ticket

    def _mail(self, body="It is broken", **headers):
        """An RFC 5322 message to the team, with headers like ``In_Reply_To``."""
        message = EmailMessage()
        values = {
            "From": self.client.email_formatted,
            "To": self.team.alias_email,
            "Subject": "Broken printer",
            "Message-ID": f"<{id(message)}@romashka.example>",
        }
        values.update(
            {name.replace("_", "-"): value for name, value in headers.items()}
        )
        for name, value in values.items():
            if value is not None:
                message[name] = value
        message.set_content(body)
        return message

    def _receive(self, message):
        """Take a mail in as the gateway does; the ticket it went to."""
        ticket_id = self.env["mail.thread"].message_process(
            "ntr.ticket", message.as_bytes()
        )
        return self.env["ntr.ticket"].browse(ticket_id)

    def _send_due(self):
        """Post the letters that are due, as the scheduled action does."""
        notices = self.env["ntr.notice"].search(
            self.env["ntr.notice"]._get_due_domain()
        )
        for notice in notices:
            notice._do_due("_send")

    @contextmanager
    def assertRefused(self, sentence):
        """Something is refused with such a sentence, and nothing of it stays.

        :param str sentence: regular expression found in the sentence
        """
        with self.assertRaises(UserError) as caught:
            yield
        self.assertRegex(str(caught.exception), sentence)

    def _last_event(self, ticket):
        """The newest row of a ticket in the ledger."""
        ticket.invalidate_recordset(["event_ids"])
        return ticket.sudo().event_ids[:1]

    @contextmanager
    def _at(self, moment):
        """It is that time, UTC."""
        with freeze_time(moment):
            yield
            self.env.flush_all()

    def _types(self, ticket):
        """Event types of a ticket, oldest first."""
        ticket.invalidate_recordset(["event_ids"])
        return [event.type for event in ticket.sudo().event_ids.sorted("id")]


class TwoAtOnceCase(HelpdeskCase):
    """Two transactions, here and there, that really commit; what they leave is taken
    away by ``_forget``."""

    def setUp(self):
        super().setUp()
        self.here, self.there = (
            api.Environment(self._open_cursor(), SUPERUSER_ID, {}) for __ in range(2)
        )
        self._make()
        self.here.cr.commit()
        self.addCleanup(self._clean)

    def _open_cursor(self):
        cursor = db_connect(self.env.cr.dbname).cursor()
        self.addCleanup(cursor.close)
        # a test that would wait for itself fails instead
        cursor.execute("SET lock_timeout = '5s'")
        return cursor

    def _clean(self):
        for env in (self.here, self.there):
            env.cr.rollback()
        self._forget(self.here.cr)
        self.here.cr.commit()

    def _make(self):
        """Make here what both work on."""
        raise NotImplementedError

    def _forget(self, cursor):
        """Take away what was committed."""
        raise NotImplementedError
