import base64
import hashlib
import logging
import random
import re
import time
from contextlib import contextmanager
from email import policy
from email.parser import BytesHeaderParser

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..tools import (
    mail_identity,
    mail_repair,
    mail_shape,
    mail_trust,
    mail_verdict,
)
from .ntr_ticket_verbs import GROUP_COORDINATOR

_logger = logging.getLogger(__name__)

ATTEMPTS = 5
# A mail that kills the server must not do so for ever
ROUNDS = 3
# What is read of a mail before anything else is known of it
HEADERS_READ = 64 * 1024
MAX_TEXT = 300
# A mail that nobody has taken in for so long was left by a server that was killed
MINUTES_UNTIL_AGAIN = 5
RAW_DAYS = 90
RAW_DAYS_PARAMETER = "helpdesk_ntr.mail_raw_days"
REFERENCE = re.compile(r"<[^<>\s]+>")
MAX_REFERENCES = 50


class NtrMailJournal(models.Model):
    """Every mail to the help desk, written down before anything reads it.

    The row is committed by itself; then the mail is taken in, in a transaction of its
    own that also writes here what became of it. Whatever happens in between, a server
    that is killed included, the mail is here and is taken in again. What cannot be
    taken in stands in quarantine with the reason.
    """

    _name = "ntr.mail.journal"
    _description = "Incoming mail"
    _order = "id desc"
    _rec_name = "subject"

    received_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    sha256 = fields.Char("SHA-256", required=True, readonly=True, index=True)
    message_id = fields.Char("Message-ID", readonly=True, index="btree_not_null")
    fingerprint = fields.Char(
        readonly=True, help="Of what was written, whatever way the mail came."
    )
    email_from = fields.Char("Sent by", readonly=True)
    email_to = fields.Char("Sent to", readonly=True)
    subject = fields.Char(readonly=True)
    size = fields.Integer("Bytes", readonly=True)
    state = fields.Selection(
        [
            ("received", "Being taken in"),
            ("done", "Taken in"),
            ("without_ticket", "Without a ticket"),
            ("quarantined", "Quarantine"),
            ("dismissed", "Put aside"),
        ],
        required=True,
        readonly=True,
        default="received",
        help="Without a ticket stay delivery reports, and mails that came before.",
    )
    verdict = fields.Selection(
        [
            (mail_verdict.HUMAN, "A person"),
            (mail_verdict.AUTO_REPLY, "Automatic reply"),
            (mail_verdict.GENERATED, "A program"),
            (mail_verdict.BOUNCE, "Delivery report"),
            (mail_verdict.BULK, "Mailing"),
            (mail_verdict.OWN, "Letter of ours that came back"),
            (mail_verdict.CALENDAR, "Answer to an invitation"),
            (mail_verdict.RECEIPT, "Read receipt"),
        ],
        "Who wrote it",
        readonly=True,
    )
    verdict_reason = fields.Char("Seen by", readonly=True)
    team_id = fields.Many2one("ntr.team", readonly=True, index="btree_not_null")
    ticket_id = fields.Many2one(
        "ntr.ticket", readonly=True, index="btree_not_null", ondelete="set null"
    )
    mail_message_id = fields.Many2one(
        "mail.message", readonly=True, index="btree_not_null", ondelete="set null"
    )
    failure = fields.Text("Why it was not taken in", readonly=True)
    raw = fields.Binary(
        "Mail",
        attachment=False,
        prefetch=False,
        readonly=True,
        groups="base.group_system",
        help="As it came; kept for some time.",
    )
    rounds = fields.Integer(
        readonly=True, help="How often the scheduled action has tried to take it in."
    )
    options = fields.Json(readonly=True, prefetch=False, groups="base.group_system")

    # the same mail through two doors at the same moment is taken in once
    _fingerprint_once = models.UniqueIndex(
        "(message_id, fingerprint) WHERE state = 'done'"
    )
    _received_idx = models.Index("(received_at) WHERE state = 'received'")
    _raw_idx = models.Index("(received_at) WHERE raw IS NOT NULL")
    _quarantined_idx = models.Index("(team_id) WHERE state = 'quarantined'")

    # ------------------------------------------------------------
    # Whose a mail is
    # ------------------------------------------------------------

    @api.model
    def _read_headers(self, raw):
        """The headers of a mail, as much of them as is safe to read."""
        return BytesHeaderParser(policy=policy.compat32).parsebytes(raw[:HEADERS_READ])

    @api.model
    def _is_ours(self, headers, model):
        """Whether a mail is for the help desk; mails to other apps leave no trace here.

        :param headers: of ``_read_headers``
        :param str model: where mails go that no address leads anywhere, or None
        """
        if model == "ntr.ticket" or self._find_team(headers):
            return True
        references = self._get_references(headers)
        return bool(
            references
            and self.env["mail.message"]
            .sudo()
            .search_count(
                Domain("message_id", "in", references)
                & Domain("model", "=", "ntr.ticket"),
                limit=1,
            )
        )

    @api.model
    def _get_references(self, headers):
        """The Message-IDs of the mails that a mail answers, the last ones."""
        names = ("In-Reply-To", "References")
        text = " ".join(str(headers.get(name) or "") for name in names)
        found = REFERENCE.findall(text)[-MAX_REFERENCES:]
        # what no database takes was not written by us
        return [it for it in found if it.isascii() and it.isprintable()]

    @api.model
    def _get_recipients(self, headers):
        """The addresses that a mail was sent to, those in To first, each once.

        :param headers: of ``_read_headers``, or a parsed mail
        """
        names = ("To", "Cc", "Bcc", "Resent-To", "Delivered-To", "X-Original-To")
        texts = [str(value) for name in names for value in headers.get_all(name) or ()]
        return mail_trust.find_addresses(*texts)

    @api.model
    def _find_team(self, headers):
        """The team in whose mailbox a mail came, or none."""
        return self._find_teams(headers)[:1]

    @api.model
    def _find_teams(self, headers):
        """The teams whose mailboxes stand in a mail, the first in To first.

        :param headers: of ``_read_headers``, or a parsed mail
        """
        by_address = dict(self.env["ntr.team"]._get_ids_by_address())
        found = map(by_address.get, self._get_recipients(headers))
        return self.env["ntr.team"].browse(dict.fromkeys(filter(None, found)))

    # ------------------------------------------------------------
    # Taking in
    # ------------------------------------------------------------

    @api.model
    def _take_in(self, raw, headers, options):
        """Write a mail down, and take it in.

        :param bytes raw: as it came over the wire
        :param headers: of ``_read_headers``
        :param dict options: further arguments of ``message_process``
        :return: id of the ticket that it became or belongs to, or False
        """
        with self._in_own_transaction() as env:
            journal = env[self._name]._enter(raw, headers, options)
            journal_id, is_over = journal.id, journal.state != "received"
        return False if is_over else self.browse(journal_id)._process(raw, options)

    @contextmanager
    def _in_own_transaction(self):
        """An environment whose transaction is committed with the block.

        What this one has read is old: rows that were committed since are not in it.
        """
        if modules.module.current_test:
            # another transaction would know nothing of what a test has made
            with self.env.cr.savepoint():
                yield self.env
        else:
            with self.env.registry.cursor() as cr:
                yield self.env(cr=cr)

    @api.model
    def _enter(self, raw, headers, options):
        """The row of a mail: that of the same bytes, where they came before."""
        sha256 = hashlib.sha256(raw).hexdigest()
        known = self.search([("sha256", "=", sha256)], limit=1)
        return known or self.create(
            self._prepare_entry_values(raw, headers, options) | {"sha256": sha256}
        )

    @api.model
    def _prepare_entry_values(self, raw, headers, options):
        """Values of the row of a mail that nothing is known of but its headers."""
        return {
            "size": len(raw),
            "raw": base64.b64encode(raw),
            "options": options,
            "team_id": self._find_team(headers).id,
            "message_id": mail_identity.get_message_id(headers)[:MAX_TEXT],
            "email_from": _read_text(headers.get("From")),
            "email_to": _read_text(headers.get("To")),
            "subject": _read_text(headers.get("Subject")),
        }

    def _process(self, raw, options):
        """Take this mail in. What fails stands in quarantine and holds up no other.

        Where others were at work on the same records, it is tried again.

        :return: id of the ticket, or False
        """
        excess = mail_shape.find_excess(mail_shape.measure(raw))
        if excess:
            return self._quarantine(self._get_excess_sentence(*excess))
        for attempt in range(ATTEMPTS):
            try:
                return self._try(raw, options)
            except (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, UniqueViolation):
                time.sleep(random.uniform(0, 0.1 * 2**attempt))
            except Exception as error:
                _logger.info("Mail %s cannot be taken in", self.id, exc_info=True)
                return self._quarantine(str(error) or type(error).__name__)
        # it is as it was: the scheduled action comes to it
        return False

    def _try(self, raw, options):
        with self._in_own_transaction() as env:
            journal = self.with_env(env).try_lock_for_update(allow_referencing=True)
            if journal.state != "received":
                return False
            thread = env["mail.thread"].with_context(ntr_journal_id=journal.id)
            ticket_id = thread.message_process(message=raw, **options)
            if journal._tell_apart(raw):
                ticket_id = thread.message_process(message=raw, **options)
            journal._conclude()
        return ticket_id

    def _conclude(self):
        """Note what became of the mail, where nothing else was decided."""
        if self.state == "received":
            self.state = "done" if self.mail_message_id else "without_ticket"

    def _quarantine(self, reason):
        with self._in_own_transaction() as env:
            journal = self.with_env(env)
            journal.write({"state": "quarantined", "failure": reason})
        return False

    @api.model
    def _get_excess_sentence(self, name, found, most):
        sentences = {
            "size": self.env._("The mail has %(found)s bytes; %(most)s are read."),
            "header_size": self.env._(
                "The headers of the mail have %(found)s bytes; %(most)s are read."
            ),
            "parts": self.env._("The mail has %(found)s parts; %(most)s are read."),
            "depth": self.env._(
                "Parts of the mail stand %(found)s deep inside each other; %(most)s "
                "are read."
            ),
        }
        return sentences[name] % {"found": found, "most": most}

    # ------------------------------------------------------------
    # What became of it
    # ------------------------------------------------------------

    @api.model
    def _get_current(self):
        """The row of the mail that is being taken in, or none.

        A caller of the API who names a row in his context is not the mail gateway,
        which works with all rights, and on a row that it has just written down.
        """
        journal_id = self.env.context.get("ntr_journal_id")
        is_gateway = self.env.su and isinstance(journal_id, int)
        journal = self.browse(journal_id if is_gateway else [])
        return journal.filtered(lambda it: it.state == "received")

    def _note_verdict(self, message, verdict):
        """Note who wrote the mail.

        :param message: the parsed mail
        :param verdict: ``tools.mail_verdict.Verdict``
        """
        if self:
            self.write(
                {
                    "fingerprint": self._get_fingerprint(message),
                    "verdict": verdict.kind,
                    "verdict_reason": verdict.reason,
                }
            )

    def _note_message(self, message):
        """Note what the mail became.

        :param message: a ``mail.message`` of a ticket; letters that answer it are none
        """
        if self and message.message_type == "email":
            self.write({"ticket_id": message.res_id, "mail_message_id": message.id})

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def _check_right(self):
        if not self.env.user.has_group(GROUP_COORDINATOR):
            raise UserError(
                self.env._("Only a coordinator decides about mails that wait here.")
            )
        self.check_access("read")
        if any(journal.state not in self._get_held_states() for journal in self):
            raise UserError(self.env._("This mail does not wait here any more."))

    @api.model
    def _get_held_states(self):
        """States of mails that wait for the decision of a person."""
        return {"quarantined"}

    def action_again(self):
        """Button: take the mail in again."""
        self._check_right()
        for journal in self.sudo():
            raw, options = journal._get_raw(), journal.options or {}
            with journal._in_own_transaction() as env:
                journal.with_env(env).write({"state": "received", "failure": False})
            journal._process(raw, options)
        self.invalidate_recordset()

    def action_make_ticket(self):
        """Button: a ticket of what is known, with the mail as a file."""
        self._check_right()
        tickets = self.env["ntr.ticket"]
        for journal in self.sudo():
            ticket = tickets.sudo()._create_tickets([journal._prepare_ticket_values()])
            ticket.message_post(
                body=self.env._("Made of a mail in quarantine: %s", journal.failure),
                attachments=[("mail.eml", journal._get_raw())],
            )
            journal.write({"state": "done", "ticket_id": ticket.id})
            tickets |= ticket.sudo(False)
        return tickets._get_records_action()

    def action_dismiss(self):
        """Button: nothing is to come of it."""
        self._check_right()
        self.sudo().state = "dismissed"

    def _prepare_ticket_values(self):
        """Values of a ticket of a mail that could not be read."""
        return {
            "name": self.subject or self.env._("No subject"),
            "email_from": self.email_from,
            "team_id": self.team_id.id
            or self.env["ntr.team"]._get_default_id(self.env.company.id),
            "channel_id": self.env["ntr.channel"]._get_id("email"),
        }

    def _get_raw(self):
        self.ensure_one()
        raw = self.with_context(bin_size=False).raw
        if not raw:
            raise UserError(
                self.env._("The mail itself is not kept any more; it is too old.")
            )
        return base64.b64decode(raw)

    # ------------------------------------------------------------
    # Scheduled
    # ------------------------------------------------------------

    @api.model
    def _cron_take_in(self, limit=100):
        """Take in what a server that was killed had written down and no more."""
        before = fields.Datetime.subtract(
            fields.Datetime.now(), minutes=MINUTES_UNTIL_AGAIN
        )
        domain = [("state", "=", "received"), ("received_at", "<", before)]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        for journal in self.search(domain, limit=limit, order="id"):
            journal._process_again()
            if not cron._commit_progress(1):
                break

    def _process_again(self):
        if self.rounds >= ROUNDS:
            self._quarantine(
                self.env._(
                    "The server stopped %s times while it read this mail.", self.rounds
                )
            )
            return
        with self._in_own_transaction() as env:
            self.with_env(env).rounds += 1
        self._process(self._get_raw(), self.options or {})

    @api.autovacuum
    def _gc_raw(self):
        """Forget the bytes of old mails; the rows stay."""
        days = int(
            self.env["ir.config_parameter"]
            .sudo()
            .get_param(RAW_DAYS_PARAMETER, RAW_DAYS)
        )
        before = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        self.env.cr.execute(
            SQL(
                "UPDATE ntr_mail_journal SET raw = NULL"
                " WHERE raw IS NOT NULL AND received_at < %s"
                " AND state NOT IN ('received', 'quarantined', 'join')",
                before,
            )
        )


def _read_text(value):
    """A header as people read it."""
    return mail_repair.read_header(value)[:MAX_TEXT] or False
