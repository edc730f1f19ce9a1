import email
from email import policy

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..tools import mail_repair, mail_trust, mail_verdict
from .ntr_mail_journal import MAX_REFERENCES, MAX_TEXT, REFERENCE
from .ntr_ticket_verbs import GROUP_DISPATCHER

MAX_EXCERPT = 4000


class NtrMailJournal(models.Model):
    """Mails of people who refer to a ticket in which they have no part.

    They join nothing and are told nothing until a dispatcher has decided.
    """

    _inherit = "ntr.mail.journal"  # pylint: disable=consider-merging-classes-inherited

    state = fields.Selection(
        selection_add=[("join", "Asks to join")], ondelete={"join": "set default"}
    )
    trust = fields.Selection(
        [
            (mail_trust.OURS, "Colleague"),
            (mail_trust.CLIENT, "Contact of the client"),
            (mail_trust.SUPPLIER, "Supplier"),
            (mail_trust.UNKNOWN, "Unknown"),
        ],
        "Sender is",
        readonly=True,
    )
    doubt = fields.Char(
        "What speaks against the sender",
        readonly=True,
        help="As the server that took the mail in has noted it.",
    )
    decision = fields.Selection(
        [(mail_trust.APPEND, "Let join"), (mail_trust.NEW, "Ticket of its own")],
        readonly=True,
    )
    decided_by_id = fields.Many2one(
        "res.users", "Decided by", readonly=True, index="btree_not_null"
    )
    excerpt = fields.Text(
        "What it says",
        compute="_compute_excerpt",
        compute_sudo=True,
        groups=GROUP_DISPATCHER,
    )

    _join_idx = models.Index("(ticket_id) WHERE state = 'join'")

    @api.depends("raw", "state")
    def _compute_excerpt(self):
        """The text of a mail that waits; what has joined is read in its ticket."""
        for journal in self:
            raw = journal.state == "join" and journal.with_context(bin_size=False).raw
            text = _read_excerpt(journal._get_raw()) if raw else ""
            journal.excerpt = text or False

    # ------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------

    @api.model
    def _find_by_references(self, text):
        """The last mail that is named by a reference and belongs to a ticket."""
        references = [it.strip("<>") for it in REFERENCE.findall(text or "")]
        domain = Domain("message_id", "in", references[-MAX_REFERENCES:])
        domain &= Domain("ticket_id", "!=", False) & Domain("id", "!=", self.id)
        return self.search(domain, limit=1) if references else self.browse()

    def _hold_back(self, message, ticket, trust):
        """Keep a mail until somebody has decided whether it joins a ticket.

        :param message: the parsed mail
        :param ticket: the ``ntr.ticket`` that it refers to
        :param trust: ``tools.mail_trust.Trust``
        """
        # a mail for the help desk only by a rule of Odoo's was not written down yet
        options = {"model": ticket._name}
        journal = self or self._enter(message.as_bytes(), message, options)
        verdict = mail_verdict.judge(
            message, own_addresses=self.env["ntr.team"]._get_own_addresses()
        )
        journal._note_verdict(message, verdict)
        journal._note_trust(trust)
        twin = journal._find_twin("join")
        journal.write(
            {
                "state": "without_ticket" if twin else "join",
                "ticket_id": ticket.id,
                "team_id": ticket.team_id.id,
                "decision": False,
            }
        )

    def _note_trust(self, trust):
        """Note what is known of the sender.

        :param trust: ``tools.mail_trust.Trust``
        """
        if self:
            self.write({"trust": trust.kind, "doubt": trust.doubt[:MAX_TEXT] or False})

    # ------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------

    def action_let_join(self):
        """Button: the mail joins its ticket, and its sender takes part from now on."""
        return self._decide_each(mail_trust.APPEND)

    def action_make_own_ticket(self):
        """Button: the mail is taken in as a new request."""
        return self._decide_each(mail_trust.NEW)

    def action_refuse_join(self):
        """Button: nothing is to come of it; nobody is told."""
        for journal in self._for_decision():
            journal.sudo().write(
                {"state": "dismissed", "decided_by_id": self.env.user.id}
            )
        return self._get_join_action()

    @api.model
    def _get_join_action(self):
        """The list of what waits still."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_ntr.ntr_mail_journal_action_join"
        )

    def _for_decision(self):
        """These rows, about which the user may decide.

        :raises AccessError: he is no dispatcher, or may not change the ticket
        :raises UserError: somebody has decided already
        """
        if not self.env.su and not self.env.user.has_group(GROUP_DISPATCHER):
            raise AccessError(
                self.env._("Only a dispatcher or a coordinator decides who may join.")
            )
        self.check_access("read")
        for journal in self:
            if journal.state != "join":
                raise UserError(self._get_decided_sentence())
        self.ticket_id.check_access("write")
        return self

    @api.model
    def _get_decided_sentence(self):
        return self.env._("Somebody has decided about this mail already.")

    def _decide_each(self, decision):
        """Take these mails in as decided.

        :return: the action that opens the tickets
        """
        tickets = self.env["ntr.ticket"]
        for journal in self._for_decision():
            tickets |= journal._decide(decision)
        return tickets._get_records_action() if tickets else self._get_join_action()

    def _decide(self, decision):
        """Take the mail in as a person has decided.

        :return: the ticket, or none where it could not be taken in
        """
        self.ensure_one()
        user = self.env.user
        journal = self.sudo()
        raw, options = journal._get_raw(), journal.options or {}
        with journal._in_own_transaction() as env:
            row = journal.with_env(env).try_lock_for_update(allow_referencing=True)
            if row.state != "join":
                raise UserError(self._get_decided_sentence())
            row.write(
                {"state": "received", "decision": decision, "decided_by_id": user.id}
            )
        ticket_id = journal._process(raw, options)
        self.invalidate_recordset()
        return self.env["ntr.ticket"].browse(ticket_id or [])


def _read_excerpt(raw):
    """The beginning of what somebody wrote, as plain text."""
    message = email.message_from_bytes(raw, policy=policy.SMTP)
    try:
        mail_repair.repair(message)
        part = message.get_body(("plain", "html"))
        text = part.get_content() if part else ""
        if part and part.get_content_subtype() == "html":
            text = html2plaintext(text)
    except Exception:  # it is read for people only: better nothing than no form
        text = ""
    return text.replace("\x00", "").strip()[:MAX_EXCERPT]
