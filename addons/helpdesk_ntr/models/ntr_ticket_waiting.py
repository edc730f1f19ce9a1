from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, plaintext2html

STAFF = "base.group_user"
OTHERS = ("client", "supplier", "parts", "internal")


class NtrTicket(models.Model):
    """Who has the ball, what is waited for, and until when.

    The ball leaves us by ``wait_for``, ``ask`` and ``solve`` only; an answer of ours
    alone does not give it away. A client's message brings it back.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    waiting_reason = fields.Text(
        "Waits because", readonly=True, copy=False, groups=STAFF
    )
    wait_until = fields.Datetime(
        "Waits until",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="When the ticket comes back to us by itself.",
    )
    reminder_due_at = fields.Datetime(
        "Next reminder",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="When the client is reminded of our question, or, after the last "
        "reminder, when the ticket is solved without his answer.",
    )
    reminded_at = fields.Datetime(
        "Reminded on", readonly=True, copy=False, groups=STAFF
    )
    reminder_count = fields.Integer(
        "Reminders sent", readonly=True, copy=False, groups=STAFF
    )
    last_question = fields.Html(
        compute="_compute_last_question",
        groups=STAFF,
        help="What a person of ours last wrote to the client.",
    )
    silent_solve_date = fields.Datetime(
        compute="_compute_silent_solve_date",
        groups=STAFF,
        help="When this ticket will be solved if the client leaves the letter that "
        "goes out now unanswered; empty when another reminder comes first.",
    )

    _reminder_due_idx = models.Index(
        "(reminder_due_at) WHERE active IS TRUE AND reminder_due_at IS NOT NULL"
    )
    _wait_until_idx = models.Index(
        "(wait_until) WHERE active IS TRUE AND wait_until IS NOT NULL"
    )

    def _compute_last_question(self):
        comment_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        for ticket in self:
            replies = ticket.sudo().message_ids.filtered(
                lambda it, ticket=ticket: it.message_type == "comment"
                and it.subtype_id.id == comment_id
                and ticket._is_ours(it)
            )
            ticket.last_question = replies[:1].body

    @api.depends("reminder_count", "reminded_at", "team_id")
    def _compute_silent_solve_date(self):
        for ticket in self:
            is_last = not ticket._is_reminder_left()
            ticket.silent_solve_date = is_last and ticket.reminder_due_at

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {
            "waiting_reason",
            "wait_until",
            "reminder_due_at",
            "reminded_at",
            "reminder_count",
        }

    # ------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------

    def wait_for(self, who, reason=None, until=None):
        """The ball is with somebody else.

        :param str who: ``client``, ``supplier``, ``parts`` or ``internal``
        :param str reason: what is waited for
        :param until: when the ticket comes back by itself: a datetime (naive UTC, or
            ISO text), or a date, which means the opening of the team on that day.
            Not for a client, whom the team's reminders take care of
        :return: True
        :raises UserError: the ticket is not open, or the time is not to come
        """
        tickets = self._for_verb("wait_for")
        if who not in OTHERS:
            raise UserError(
                self.env._(
                    "A ticket waits for the client, a supplier, parts or another "
                    "department."
                )
            )
        if until and who == "client":
            raise UserError(
                self.env._(
                    "A ticket waits for a client without a date: the reminders of the "
                    "team take care of him."
                )
            )
        tickets._require_state(
            ("new", "open", "waiting"),
            self.env._("%s is not open, so it waits for nobody."),
        )
        for team, group in tickets.grouped("team_id").items():
            until_at = until and team._get_return_time(until)
            group._wait(who, reason, until_at)
        return True

    def _wait(self, who, reason=None, until=None, **event_values):
        """Give the ball away.

        :param datetime until: naive UTC, or nothing
        """
        vals = {"waiting_reason": reason, "wait_until": until or False}
        if who == "client":
            now = fields.Datetime.now()
            vals["reminder_due_at"] = self.team_id._get_reminder_due(now, 0)
        return self._move(
            "waiting", "waiting", vals, waiting_on=who, reason=reason, **event_values
        )

    def ask(self, question):
        """Ask the client, and wait for his answer.

        :param str question: goes out as our answer; a plain ``str`` is escaped,
            ``Markup`` is kept
        :return: True
        :raises UserError: no question, nobody to ask, or the ticket is not open
        """
        tickets = self._for_verb("ask")
        text = html2plaintext(question or "").strip()
        if not text:
            raise UserError(self.env._("Write what you want to know from the client."))
        tickets._require_state(
            ("new", "open", "waiting"),
            self.env._("%s is not open, so its client cannot be asked."),
        )
        body = question if isinstance(question, Markup) else plaintext2html(question)
        for ticket in tickets:
            ticket.message_post(
                body=body,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=ticket._get_asked_contact().ids,
            )
            ticket._wait("client", text)
        return True

    def _get_asked_contact(self):
        """The contact whom a question goes to, made for an unknown sender."""
        if not self.partner_id and not self.email_from:
            raise UserError(
                self.env._(
                    "%s has neither a contact nor an e-mail address, so nobody can be "
                    "asked. Name the contact first.",
                    self.number,
                )
            )
        # whoever may answer may answer an unknown sender too
        return self.partner_id or self.sudo()._partner_find_from_emails_single(
            [self.email_from]
        )

    def resume(self):
        """The waiting is over: the ball is with us again.

        :return: True
        """
        tickets = self._for_verb("resume")
        tickets._require_state(("waiting",), self.env._("%s waits for nobody."))
        return tickets._resume()

    def _resume(self, **event_values):
        return self._move("resumed", "open", **event_values)

    def action_resume(self):
        """Button: the waiting is over."""
        self.resume()

    def _move(self, event_type, state=None, vals=None, waiting_on="us", **event_values):
        """A new state forgets what was waited for in the old one."""
        if state:
            vals = {
                "waiting_reason": False,
                "wait_until": False,
                "reminder_due_at": False,
                "reminded_at": False,
                "reminder_count": 0,
                **(vals or {}),
            }
        return super()._move(
            event_type, state, vals=vals, waiting_on=waiting_on, **event_values
        )

    def _on_reply(self, message):
        """Who writes to a client that we wait for has reminded him himself."""
        result = super()._on_reply(message)
        ticket_sudo = self.sudo()
        if ticket_sudo.reminder_due_at:
            due_at = ticket_sudo.team_id._get_reminder_due(
                fields.Datetime.now(), ticket_sudo.reminder_count
            )
            ticket_sudo._write_values({"reminder_due_at": due_at})
        return result

    # ------------------------------------------------------------
    # What falls due while waiting
    # ------------------------------------------------------------

    @api.model
    def _cron_waiting(self, limit=100):
        """Remind silent clients, solve what stays unanswered, end dated waiting."""
        self._work_off(
            self._get_waiting_due_domain(), "_do_waiting_due", limit=limit, order="id"
        )

    @api.model
    def _get_waiting_due_domain(self):
        now = fields.Datetime.now()
        return [
            ("state", "=", "waiting"),
            ("due_failure", "=", False),
            "|",
            ("reminder_due_at", "<=", now),
            ("wait_until", "<=", now),
        ]

    def _do_waiting_due(self):
        if self.wait_until:
            self._end_waiting()
        elif self._is_reminder_left():
            self._remind()
        elif self.team_id.silent_solve_days:
            self._solve_silent()
        else:
            self._write_values({"reminder_due_at": False})

    def _end_waiting(self):
        """The date has come: the ball is with us, and whoever has it is told."""
        self._resume(reason=self.env._("The date until which it waited has come."))
        self._tell_staff(
            "helpdesk_ntr.mail_template_waiting_over", self.accountable_id.partner_id
        )

    def _is_reminder_left(self):
        """Whether the team reminds the client of this ticket once more."""
        team = self.team_id.sudo()
        return bool(team.reminder_days) and self.reminder_count < team.reminder_limit

    def _remind(self):
        """Remind the client of our question."""
        now = fields.Datetime.now()
        count = self.reminder_count + 1
        self._write_values(
            {
                "reminded_at": now,
                "reminder_count": count,
                "reminder_due_at": self.team_id._get_reminder_due(now, count),
            }
        )
        self._register_event("reminded", audience="client")
        self._tell_client("helpdesk_ntr.mail_template_reminder")

    def _solve_silent(self):
        """Solved, because the client does not answer; he may still reject it.

        What the kind demands at solving is not asked for: there is no one to ask.
        """
        cause = self.env.ref(
            "helpdesk_ntr.ntr_ticket_cause_no_answer", raise_if_not_found=False
        )
        self._solve(
            {
                "solution": plaintext2html(self._get_silent_solution()),
                "cause_id": cause.id if cause else False,
            }
        )
        if self.user_id and self.user_id != self.coordinator_id:
            self._tell_staff(
                "helpdesk_ntr.mail_template_solved_staff", self.user_id.partner_id
            )

    def _get_silent_solution(self):
        """What the client reads as the solution, in his language."""
        return self.with_context(lang=self.lang).env._(
            "We have not received your answer to our question, so we consider the "
            "request settled. If you still need help, just answer."
        )
