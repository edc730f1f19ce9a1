from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..tools import mail_verdict, subject_number

RELEASABLE = ("automatic", "blocked")


class NtrMailJournal(models.Model):
    """What makes no ticket by itself: mails of programs that answer nothing of ours,
    and of blocked senders. They wait here, one click from a ticket.

    That is decided by the headers alone, where it can be: then the mail costs little.
    """

    _inherit = "ntr.mail.journal"  # pylint: disable=consider-merging-classes-inherited

    state = fields.Selection(
        selection_add=[("automatic", "Automatic"), ("blocked", "Spam")],
        ondelete={"automatic": "set default", "blocked": "set default"},
    )
    rule_id = fields.Many2one(
        "ntr.mail.rule",
        "Held back by",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    released_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        help="Who made a ticket of it, although it was automatic or blocked.",
    )

    _held_idx = models.Index(
        "(state, received_at) WHERE state IN ('automatic', 'blocked')"
    )

    # ------------------------------------------------------------
    # By the headers alone
    # ------------------------------------------------------------

    @api.model
    def _prepare_entry_values(self, raw, headers, options):
        values = super()._prepare_entry_values(raw, headers, options)
        if not options.get("thread_id"):
            values |= self._prepare_held_values(headers, values)
        return values

    @api.model
    def _prepare_held_values(self, headers, values):
        """Further values of the row of a mail that makes no ticket; {}: it has to be
        read.

        :param headers: of ``_read_headers``
        :param dict values: ``team_id`` and ``email_from`` of the row
        """
        verdict = self.env["mail.thread"]._judge_mail(headers)
        team = self._get_mailbox_team(values["team_id"])
        held = self._get_hold(verdict, values["email_from"], team)
        # a report may tell of a letter of ours, which only its body says
        if not held or mail_verdict.is_report(headers) or self._goes_elsewhere(headers):
            return {}
        if held["state"] == "automatic" and self._answers_ours(headers):
            return {}
        return {
            **held,
            "verdict": verdict.kind,
            "verdict_reason": verdict.reason,
        }

    @api.model
    def _get_mailbox_team(self, team_id):
        """The team that a mail is for; where no address says it, the first one."""
        team_id = team_id or self.env["ntr.team"]._get_default_id(self.env.company.id)
        return self.env["ntr.team"].browse(team_id or [])

    @api.model
    def _get_hold(self, verdict, email_from, team, is_new=True):
        """What keeps a mail from the tickets of a team.

        :param verdict: ``tools.mail_verdict.Verdict``
        :param str email_from: the sender
        :param team: ``ntr.team``
        :param bool is_new: whether it would make a ticket; one that it answers is told
            of what programs write too
        :return: values of the row, {} where nothing does
        """
        rule = self.env["ntr.mail.rule"]._find_block(email_from, team)
        if rule:
            return {
                "state": "blocked",
                "rule_id": rule.id,
                "failure": rule._get_sentence(),
            }
        if not is_new or verdict.makes_ticket or team._accepts_automatic(verdict):
            return {}
        return {"state": "automatic"}

    @api.model
    def _goes_elsewhere(self, headers):
        """Whether a mail is for another app, too or alone: its address says so."""
        addresses = self._get_recipients(headers)
        names = [address.partition("@")[0] for address in addresses]
        aliases = self.env["mail.alias"].sudo()
        return bool(
            addresses
            and aliases.search_count(
                Domain("alias_model_id.model", "!=", "ntr.ticket")
                & (
                    Domain("alias_full_name", "in", list(addresses))
                    | (
                        Domain("alias_name", "in", names)
                        & Domain("alias_incoming_local", "=", True)
                    )
                ),
                limit=1,
            )
        )

    @api.model
    def _answers_ours(self, headers):
        """Whether a mail may belong to something that we have: by the mails that it
        answers, or by the number in its subject."""
        references = self._get_references(headers)
        messages = self.env["mail.message"].sudo()
        if references and messages.search_count(
            [("message_id", "in", references)], limit=1
        ):
            return True
        numbers = subject_number.find_numbers(
            mail_verdict.read_subject(headers), self._get_number_letters()
        )
        tickets = self.env["ntr.ticket"].sudo().with_context(active_test=False)
        return bool(
            numbers and tickets.search_count([("number", "in", numbers)], limit=1)
        )

    @api.model
    def _get_number_letters(self):
        """What our numbers begin with."""
        sequences = self.env["ir.sequence"].sudo().search([("code", "=", "ntr.ticket")])
        return [(it.prefix or "").partition("-")[0] for it in sequences]

    # ------------------------------------------------------------
    # When it was read
    # ------------------------------------------------------------

    def _sift_routes(self, email_from, routes, verdict):
        """The ways that this mail may go; where it may make no ticket, that is noted.

        :param str email_from: the sender
        :param routes: of ``mail.thread.message_route``
        :param verdict: ``tools.mail_verdict.Verdict``
        """
        kept, held = [], {}
        for route in routes:
            hold = self._get_route_hold(email_from, route, verdict)
            held = hold or held
            if not hold:
                kept.append(self._fold_route(email_from, route, verdict))
        if held and not any(route[0] == "ntr.ticket" for route in kept):
            self.write(held)
        return kept

    def _get_route_hold(self, email_from, route, verdict):
        model, thread_id = route[:2]
        if model != "ntr.ticket":
            return {}
        team = self._get_route_team(route)
        return self._get_hold(verdict, email_from, team, is_new=not thread_id)

    def _get_route_team(self, route):
        """The team of a way to tickets."""
        __, thread_id, custom_values, *__ = route
        if thread_id:
            return self.env["ntr.ticket"].sudo().browse(thread_id).exists().team_id
        team_id = (custom_values or {}).get("team_id") or self.team_id.id
        return self._get_mailbox_team(team_id)

    def _fold_route(self, email_from, route, verdict):
        """Too many alerts of one sender go to his last open ticket."""
        model, thread_id, *rest = route
        if model != "ntr.ticket" or thread_id or verdict.makes_ticket:
            return route
        team = self._get_route_team(route)
        ticket = self.env["ntr.ticket"]._fold_alerts(email_from, team)
        return (model, ticket.id, *rest) if ticket else route

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    @api.model
    def _get_held_states(self):
        return super()._get_held_states() | set(RELEASABLE)

    def action_make_ticket(self):
        released = self.filtered(lambda it: it.state in RELEASABLE)
        others = self - released
        action = others and super(NtrMailJournal, others).action_make_ticket()
        if not released:
            return action
        released._check_right()
        ticket_ids = [ticket_id for it in released if (ticket_id := it._release())]
        tickets = self.env["ntr.ticket"].browse(ticket_ids)
        return tickets._get_records_action() if tickets else None

    def action_allow_sender(self):
        """Button: a ticket of the mail, and the sender is blocked no more."""
        self._check_right()
        for journal in self:
            journal._allow_sender()
        return self.action_make_ticket()

    def _allow_sender(self):
        """The rule about just this address is turned round; else it gets one, for the
        team to which he wrote."""
        address = email_normalize(self.email_from or "", strict=False)
        if not address:
            return
        rule = self.sudo().rule_id
        team = rule.team_id if rule.pattern == address else self.team_id
        reason = self.env._("Released: %s", self.subject or "")
        self.env["ntr.mail.rule"]._decide("allow", address, team.sudo(False), reason)

    def _release(self):
        """Take this mail in like one that a person of no bad name wrote.

        :return: id of the ticket, or False
        """
        self.ensure_one()
        journal = self.sudo()
        raw, options = journal._get_raw(), journal.options or {}
        values = {
            "state": "received",
            "failure": False,
            "released_by_id": self.env.uid,
        }
        with journal._in_own_transaction() as env:
            journal.with_env(env).write(values)
        ticket_id = journal._process(raw, options)
        self.invalidate_recordset()
        return ticket_id

    def _overrule(self, verdict):
        """Who wrote a mail that somebody has released: a person, by his decision.

        A program is not answered by a program all the same.

        :param verdict: ``tools.mail_verdict.Verdict``
        """
        if not self.released_by_id:
            return verdict
        return mail_verdict.Verdict(
            mail_verdict.HUMAN,
            True,
            f"released; {verdict.reason}",
            is_suppressed=not verdict.may_acknowledge,
        )
