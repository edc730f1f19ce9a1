from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestCompetence(HelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.printers = cls.env["ntr.ticket.category"].create({"name": "Printers"})

    def _competence(self, user, **values):
        return (
            self.env["ntr.competence"]
            .with_user(user)
            .create({"user_id": self.engineer.id, **values})
        )

    def test_coordinator_manages(self):
        competence = self._competence(self.coordinator, category_id=self.printers.id)
        competence.level = "3"
        competence.unlink()

    def test_staff_reads_and_may_not_change(self):
        competence = self._competence(self.coordinator)
        printers = self.printers.id
        for user in (self.engineer, self.dispatcher, self.external):
            as_user = competence.with_user(user)
            self.assertEqual(as_user.level, "2")
            with self.assertRaises(AccessError):
                as_user.write({"level": "3"})
            with self.assertRaises(AccessError):
                as_user.unlink()
            with self.assertRaises(AccessError):
                self._competence(user, category_id=printers)

    def test_other_company(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        competence = self._competence(self.env.user, company_id=branch.id)
        self.env.flush_all()
        found = self.env["ntr.competence"].with_user(self.coordinator).search([])
        self.assertNotIn(competence, found)
        with self.assertRaises(AccessError):
            self._competence(
                self.coordinator, company_id=branch.id, category_id=self.printers.id
            )

    def test_the_same_is_entered_once(self):
        self._competence(self.coordinator, category_id=self.printers.id)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._competence(self.coordinator, category_id=self.printers.id, level="1")
            self.env.flush_all()

    def test_words(self):
        competence = self._competence(
            self.coordinator, category_id=self.printers.id, kind_id=self.incident.id
        )
        self.assertEqual(competence.subject, "Printers, Incident")
        self.assertEqual(competence.display_name, "Engineer: Printers, Incident")
        self.assertEqual(self._competence(self.coordinator).subject, "any request")
