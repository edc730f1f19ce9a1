from freezegun import freeze_time

from odoo.tests import TransactionCase, new_test_user, tagged

# A Thursday, noon in Moscow
NOON = "2026-03-05 09:00:00"


@tagged("post_install", "-at_install")
class TestAbsence(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env = cls.env["base"].with_context(lang="en_US").env
        cls.dispatcher, cls.engineer, cls.other = (
            new_test_user(
                cls.env,
                f"{name}@holidays.example",
                groups=f"helpdesk_ntr.group_{group}",
                name=name.capitalize(),
                tz="Europe/Moscow",
                lang="en_US",
            )
            for name, group in (
                ("dispatcher", "dispatcher"),
                ("engineer", "engineer"),
                ("other", "engineer"),
            )
        )
        calendar = cls.env["resource.calendar"].create(
            {"name": "Five days", "tz": "Europe/Moscow"}
        )
        cls.employee = cls.env["hr.employee"].create(
            {
                "name": "Engineer",
                "user_id": cls.engineer.id,
                "resource_calendar_id": calendar.id,
                "tz": "Europe/Moscow",
            }
        )
        cls.team = cls.env["ntr.team"].create(
            {"name": "Desk", "resource_calendar_id": calendar.id}
        )
        cls.line = cls.env["ntr.support.line"].create(
            {
                "name": "Line",
                "team_id": cls.team.id,
                "level": "1",
                "member_ids": [(6, 0, (cls.dispatcher | cls.engineer | cls.other).ids)],
            }
        )
        cls.env["ntr.competence"].create({"user_id": cls.engineer.id, "level": "3"})
        cls.leave_type = cls.env["hr.leave.type"].create(
            {
                "name": "Vacation",
                "requires_allocation": False,
                "leave_validation_type": "hr",
            }
        )
        cls.ticket = cls.env["ntr.ticket"].create(
            {"name": "Printer", "team_id": cls.team.id}
        )

    def _leave(self, first, last, is_approved=True, **values):
        leave = self.env["hr.leave"].create(
            {
                "employee_id": self.employee.id,
                "holiday_status_id": self.leave_type.id,
                "request_date_from": first,
                "request_date_to": last,
                **values,
            }
        )
        if is_approved:
            leave.action_approve()
            self.assertEqual(leave.state, "validate")
        return leave

    def _suggestions(self, at=NOON):
        self.env.flush_all()
        with freeze_time(at):
            return self.ticket.with_user(self.dispatcher).suggest_assignees()

    def _engineer(self, at=NOON):
        return next(
            it for it in self._suggestions(at) if it["user_id"] == self.engineer.id
        )

    def test_at_work(self):
        best = self._suggestions()[0]
        self.assertEqual(best["user_id"], self.engineer.id)
        self.assertFalse(best["is_absent"])

    def test_on_leave(self):
        self._leave("2026-03-04", "2026-03-06")
        last = self._suggestions()[-1]
        self.assertEqual(last["user_id"], self.engineer.id)
        self.assertTrue(last["is_absent"])
        self.assertFalse(last["is_working_now"])
        self.assertRegex(" ".join(last["reasons"]), r"Is away until 3/6/26")
        self.assertFalse(self._engineer("2026-03-09 09:00:00")["is_absent"])
        self.assertFalse(self._engineer("2026-03-03 09:00:00")["is_absent"])

    def test_reason_is_not_told(self):
        self._leave("2026-03-04", "2026-03-06", name="Operation")
        self.assertNotIn("Operation", str(self._suggestions()))
        self.assertNotIn("Vacation", str(self._suggestions()))

    def test_not_approved(self):
        self._leave("2026-03-04", "2026-03-06", is_approved=False)
        self.assertFalse(self._engineer()["is_absent"])

    def test_working_elsewhere(self):
        self.leave_type.time_type = "other"
        self._leave("2026-03-04", "2026-03-06")
        self.assertFalse(self._engineer()["is_absent"])

    def test_automatic_assignment_passes_over(self):
        self._leave("2026-03-04", "2026-03-06")
        self.team.assignment_mode = "automatic"
        with freeze_time(NOON):
            self.ticket._assign_best()
        self.assertTrue(self.ticket.user_id)
        self.assertNotEqual(self.ticket.user_id, self.engineer)

    def test_capacity(self):
        self._leave("2026-03-04", "2026-03-06")
        self.env.flush_all()
        with freeze_time(NOON):
            rows = self.env["ntr.capacity.report"].search(
                [("user_id", "=", self.engineer.id)]
            )
            hours = {str(row.week): row.available_hours for row in rows}
        self.assertEqual(hours["2026-03-02"], hours["2026-03-09"] * 2 / 5)
