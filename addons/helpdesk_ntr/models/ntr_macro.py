from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

from .ntr_priority_rule import IMPACTS, URGENCIES
from .ntr_ticket import PRIORITIES
from .ntr_ticket_outcome import OUTCOMES
from .ntr_ticket_stage import WAITING_ON

VERBS = [
    ("take", "Take"),
    ("wait_for", "Wait"),
    ("resume", "Go on"),
    ("solve", "Solve"),
    ("cancel", "Cancel"),
]


class NtrMacro(models.Model):
    """Several changes of a ticket and an answer to the client in one click (S119).

    Everything goes through the verbs, by the rights of whoever clicks; either all of
    it happens or nothing.
    """

    _name = "ntr.macro"
    _description = "Macro"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True, help="When to use it, for colleagues.")
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: every company."
    )

    # Who may use it
    group_ids = fields.Many2many(
        "res.groups", string="Roles", help="Empty: every role that works with tickets."
    )
    team_ids = fields.Many2many(
        "ntr.team",
        string="Teams",
        help="For tickets of these teams and their members. Empty: of every team.",
    )
    line_ids = fields.Many2many(
        "ntr.support.line",
        string="Lines",
        help="For members of these lines. Empty: of every line.",
    )

    # What changes
    kind_id = fields.Many2one("ntr.ticket.kind")
    category_id = fields.Many2one("ntr.ticket.category")
    urgency = fields.Selection(URGENCIES)
    impact = fields.Selection(IMPACTS)
    priority = fields.Selection(PRIORITIES)
    tag_ids = fields.Many2many("ntr.ticket.tag", string="Add tags")
    line_id = fields.Many2one("ntr.support.line", "Pass on to")
    executor = fields.Selection(
        [("me", "Whoever uses it"), ("user", "A person"), ("nobody", "Nobody")]
    )
    user_id = fields.Many2one("res.users", "Person", domain=[("share", "=", False)])
    verb = fields.Selection(VERBS, "Then")
    waiting_on = fields.Selection(
        [choice for choice in WAITING_ON if choice[0] != "us"],
        "Wait for",
        default="client",
    )
    cause_id = fields.Many2one("ntr.ticket.cause")
    outcome = fields.Selection(OUTCOMES[1:], "Ends as", default="other")
    reason = fields.Text(
        help="Why, for colleagues: passing on, cancelling and another priority than "
        "urgency and impact give need it."
    )
    template_id = fields.Many2one(
        "mail.template",
        "Answer",
        domain=[("model", "=", "ntr.ticket")],
        help="What the client is written. With “Solve” it is the solution.",
    )

    _executor_is_named = models.Constraint(
        "CHECK(executor != 'user' OR user_id IS NOT NULL)",
        "Name the person whom the macro gives tickets to.",
    )
    _reason_is_given = models.Constraint(
        "CHECK((line_id IS NULL AND COALESCE(verb, '') != 'cancel') "
        "OR COALESCE(reason, '') != '')",
        "Passing on and cancelling need a reason.",
    )

    # ------------------------------------------------------------
    # Use
    # ------------------------------------------------------------

    def apply(self, ticket_ids):
        """Do what this macro says with tickets, all of it or nothing (S119).

        :param list ticket_ids: ids of tickets
        :return: True
        :raises AccessError: the macro is not for this user, or a verb is not
        :raises UserError: a verb refuses; the sentence names the ticket
        """
        self.ensure_one()
        self.check_access("read")
        tickets = self.env["ntr.ticket"].browse(ticket_ids).exists()
        tickets.check_access("write")
        self._check_tickets(tickets)
        with self.env.cr.savepoint():
            for ticket in tickets:
                self._apply(ticket)
        return True

    def _check_tickets(self, tickets):
        if not tickets:
            raise UserError(self.env._("Choose the tickets to use the macro on."))
        strangers = tickets.filtered(
            lambda ticket: self.team_ids and ticket.team_id not in self.team_ids
        )
        if strangers:
            raise AccessError(
                self.env._(
                    "Macro “%(macro)s” is not for tickets of team %(team)s.",
                    macro=self.name,
                    team=strangers[0].team_id.name,
                )
            )

    def _apply(self, ticket):
        """Do it with one ticket: what it is, what the client reads, who has it, where
        it stands."""
        text = self._render_answer(ticket)
        self._classify(ticket)
        if text and self.verb != "solve":
            self._answer(ticket, text)
        if self.line_id and self.line_id != ticket.line_id:
            ticket.pass_on(self.line_id.id, self.reason)
        self._give(ticket)
        self._act(ticket, text)

    def _classify(self, ticket):
        values = {
            name: self[name].id if self._fields[name].type == "many2one" else self[name]
            for name in ("kind_id", "category_id", "urgency", "impact")
            if self[name]
        }
        if self.tag_ids:
            values["tag_ids"] = [fields.Command.link(tag.id) for tag in self.tag_ids]
        if values:
            ticket.write(values)
        if self.priority and self.priority != ticket.priority:
            if ticket.is_priority_judged:
                ticket.set_priority(self.priority, self.reason)
            else:
                ticket.write({"priority": self.priority})

    def _give(self, ticket):
        if self.executor == "me" and ticket.user_id != self.env.user:
            ticket.write({"user_id": self.env.uid})
        elif self.executor == "user":
            ticket.write({"user_id": self.user_id.id})
        elif self.executor == "nobody":
            ticket.write({"user_id": False})

    def _act(self, ticket, text):
        if self.verb == "take" and ticket.user_id == self.env.user:
            # given to him a moment ago, it is still to be begun
            if ticket.state == "new":
                ticket.take()
        elif self.verb == "take":
            ticket.take()
        elif self.verb == "wait_for":
            ticket.wait_for(self.waiting_on, self.reason)
        elif self.verb == "resume":
            ticket.resume()
        elif self.verb == "solve":
            ticket.solve(text or None, self.cause_id.id)
        elif self.verb == "cancel":
            ticket.cancel(self.reason, self.outcome)

    def _render_answer(self, ticket):
        """The text of the answer for this ticket, in its client's language; or None.

        Templates are written by those whom Odoo lets write them; who uses a macro
        need not read all that they read.
        """
        if not self.template_id:
            return None
        ticket_sudo = ticket.sudo()
        __, body = ticket_sudo._render_letter(self.template_id.sudo(), ticket_sudo.lang)
        return None if is_html_empty(body) else body

    def _answer(self, ticket, text):
        ticket.message_post(
            body=text,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=ticket.partner_id.ids,
            outgoing_email_to=False if ticket.partner_id else ticket.email_from,
            email_layout_xmlid="helpdesk_ntr.mail_layout_client",
        )

    @api.model
    def _get_usable_domain(self, tickets):
        """Macros that can be used on all of these tickets.

        :param tickets: ``ntr.ticket``
        """
        domain = ["|", ("team_ids", "=", False)]
        if len(tickets.team_id) == 1:
            return [*domain, ("team_ids", "in", tickets.team_id.ids)]
        return domain[1:]
