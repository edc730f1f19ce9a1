from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .ntr_ticket_queues import OPEN_STATES
from .ntr_ticket_verbs import GROUP_COORDINATOR

# How long a mail may be on its way in, and a letter on its way out
MINUTES_IN = 15
MINUTES_OUT = 60
# How late a scheduled action, or the fetching of a mailbox, may be
MINUTES_LATE = 60
MAX_DETAILS = 5


class NtrHealth(models.AbstractModel):
    """What coordinators look at each morning: does mail come in and go out, does
    everything have an owner.

    They see numbers and names of what they could not open by their own rights, and
    nothing more of it.
    """

    _name = "ntr.health"
    _description = "Health of the help desk"

    @api.model
    def report(self):
        """What is well and what is not.

        :return: list of {"name", "title", "level", "count", "sentence", "details",
            "action"} in the order of the page. ``level`` is ``good``, ``info``,
            ``warning`` or ``danger``; ``details`` are lines of text; ``action`` opens
            what is counted, or is False
        :raises AccessError: the user is no coordinator
        """
        if not self.env.user.has_group(GROUP_COORDINATOR):
            raise AccessError(
                self.env._("Only a coordinator sees the health of the help desk.")
            )
        return [
            {"details": [], "action": False, "level": "good", **line}
            for line in self._get_lines()
        ]

    @api.model
    def _get_lines(self):
        """The lines of the page; a higher addon adds its own.

        :return: list of what ``report`` returns; all but ``name``, ``title``, ``count``
            and ``sentence`` may be left out
        """
        return [
            self._get_quarantine_line(),
            self._get_stuck_line(),
            self._get_join_line(),
            self._get_held_line("automatic"),
            self._get_held_line("blocked"),
            self._get_mailboxes_line(),
            self._get_unsent_line(),
            self._get_late_letters_line(),
            self._get_failed_letters_line(),
            self._get_outgoing_servers_line(),
            self._get_actions_line(),
            self._get_ownerless_line(),
        ]

    @api.model
    def _get_minutes_ago(self, minutes):
        return fields.Datetime.now() - timedelta(minutes=minutes)

    @api.model
    def _get_action(self, xmlid, domain, context=None):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = list(domain)
        action["context"] = context or {}
        return action

    # ------------------------------------------------------------
    # Incoming
    # ------------------------------------------------------------

    @api.model
    def _get_quarantine_line(self):
        domain = [("state", "=", "quarantined")]
        count = self.env["ntr.mail.journal"].search_count(domain)
        return {
            "name": "quarantined",
            "title": self.env._("Mails that could not be taken in"),
            "level": "danger" if count else "good",
            "count": count,
            "sentence": self.env._(
                "They wait in quarantine with the reason: take them in again, make "
                "tickets of them, or put them aside."
            )
            if count
            else self.env._("Every mail was read and found its way."),
            "action": self._get_journal_action(domain),
        }

    @api.model
    def _get_stuck_line(self):
        domain = [
            ("state", "=", "received"),
            ("received_at", "<", self._get_minutes_ago(MINUTES_IN)),
        ]
        count = self.env["ntr.mail.journal"].search_count(domain)
        return {
            "name": "stuck",
            "title": self.env._("Mails that are being taken in too long"),
            "level": "warning" if count else "good",
            "count": count,
            "sentence": self.env._(
                "They were written down and not read yet. The scheduled action “take "
                "in mails that a stopped server left” does it."
            )
            if count
            else self.env._("Nothing is left half-way."),
            "action": self._get_journal_action(domain),
        }

    @api.model
    def _get_join_line(self):
        count = self.env["ntr.mail.journal"].search_count([("state", "=", "join")])
        return {
            "name": "join",
            "title": self.env._("Mails whose senders ask to join a ticket"),
            "level": "warning" if count else "good",
            "count": count,
            "sentence": self.env._("They wait until a dispatcher decides.")
            if count
            else self.env._("Nobody waits for a decision."),
            "action": self._get_action(
                "helpdesk_ntr.ntr_mail_journal_action_join", [("state", "=", "join")]
            ),
        }

    @api.model
    def _get_held_line(self, state):
        """Mails of programs and of blocked senders: no trouble, but worth a look."""
        titles = {
            "automatic": self.env._("Automatic mails of the last 24 hours"),
            "blocked": self.env._("Spam of the last 24 hours"),
        }
        sentences = {
            "automatic": self.env._(
                "Programs wrote them, and they made no tickets. One click makes one."
            ),
            "blocked": self.env._(
                "Their senders are blocked. One click makes a ticket all the same."
            ),
        }
        since = self._get_minutes_ago(24 * 60)
        domain = [("state", "=", state), ("received_at", ">=", since)]
        count = self.env["ntr.mail.journal"].search_count(domain)
        return {
            "name": state,
            "title": titles[state],
            "level": "info" if count else "good",
            "count": count,
            "sentence": sentences[state] if count else self.env._("There were none."),
            "action": self._get_journal_action(domain),
        }

    @api.model
    def _get_journal_action(self, domain):
        return self._get_action("helpdesk_ntr.ntr_mail_journal_action", domain)

    @api.model
    def _get_mailboxes_line(self):
        # sudo: what a mailbox is called and why it is not read is all that is shown
        servers = self.env["fetchmail.server"].sudo().search([("active", "=", True)])
        details = [
            self.env._("“%(name)s”: %(trouble)s", name=it.name, trouble=trouble)
            for it in servers
            if (trouble := self._get_mailbox_trouble(it))
        ]
        return {
            "name": "mailboxes",
            "title": self.env._("Mailboxes that are not read"),
            "level": "danger" if details else "good",
            "count": len(details),
            "sentence": self._get_mailboxes_sentence(servers, details),
            "details": details[:MAX_DETAILS],
        }

    @api.model
    def _get_mailboxes_sentence(self, servers, details):
        if details:
            return self.env._(
                "Mails stay there until they are read again. Tell the administrator."
            )
        if not servers:
            return self.env._(
                "Odoo fetches from no mailbox; mails come in by the mail server itself."
            )
        return self.env._(
            "All mailboxes are read: %s.", ", ".join(servers.mapped("name"))
        )

    @api.model
    def _get_mailbox_trouble(self, server):
        """Why a mailbox is not read; empty where it is.

        :param server: ``fetchmail.server``, sudo
        """
        if server.error_date:
            return " ".join((server.error_message or "").split()) or self.env._(
                "it cannot be reached."
            )
        if server.state != "done":
            return self.env._("it is not confirmed, so nobody reads it.")
        if server.server_type == "local":
            return ""
        before = self._get_minutes_ago(MINUTES_LATE)
        if (server.date or server.create_date) < before:
            return self.env._("it was not read for more than an hour.")
        return ""

    # ------------------------------------------------------------
    # Outgoing
    # ------------------------------------------------------------

    @api.model
    def _get_unsent_line(self):
        tickets = self.env["ntr.ticket"].with_context(active_test=False)
        domain = tickets._search_is_unsent("in", {True})
        count = tickets.search_count(domain)
        return {
            "name": "unsent",
            "title": self.env._("Tickets whose letters could not be sent"),
            "level": "danger" if count else "good",
            "count": count,
            "sentence": self.env._(
                "Put right what the reason says, and send them again from the list."
            )
            if count
            else self.env._("Every letter was handed over to the mail server."),
            "action": self._get_action(
                "helpdesk_ntr.ntr_ticket_action_unsent", [("is_unsent", "=", True)]
            ),
        }

    @api.model
    def _get_late_letters_line(self):
        before = self._get_minutes_ago(MINUTES_OUT)
        # sudo: counted only
        mails = self.env["mail.mail"].sudo()
        count = mails.search_count(
            Domain("state", "=", "outgoing")
            & Domain("model", "=", "ntr.ticket")
            & Domain("create_date", "<", before)
            & (
                Domain("scheduled_date", "=", False)
                | Domain("scheduled_date", "<", before)
            )
        )
        notices = self.env["ntr.notice"].sudo()
        count += notices.search_count(
            [("failure", "=", False), ("due_at", "<", before)]
        )
        return {
            "name": "late_letters",
            "title": self.env._("Letters that wait for more than an hour"),
            "level": "warning" if count else "good",
            "count": count,
            "sentence": self.env._(
                "Nobody sends them: look at the scheduled actions below."
            )
            if count
            else self.env._("No letter waits to be sent."),
        }

    @api.model
    def _get_failed_letters_line(self):
        notices = self.env["ntr.notice"].search([("failure", "!=", False)])
        tickets = notices.ticket_id
        return {
            "name": "failed_letters",
            "title": self.env._("Letters that could not be made"),
            "level": "warning" if notices else "good",
            "count": len(notices),
            "sentence": self.env._(
                "Something in a template or in the ticket is wrong; nobody was told."
            )
            if notices
            else self.env._("Every letter that was due was made."),
            "details": [
                self.env._(
                    "%(number)s: %(reason)s",
                    number=it.ticket_id.number,
                    reason=it.failure,
                )
                for it in notices[:MAX_DETAILS]
            ],
            "action": self._get_action(
                "helpdesk_ntr.ntr_ticket_action", [("id", "in", tickets.ids)]
            ),
        }

    @api.model
    def _get_outgoing_servers_line(self):
        # sudo: only whether there is one
        servers = self.env["ir.mail_server"].sudo().search([("active", "=", True)])
        names = ", ".join(servers.mapped("name"))
        return {
            "name": "outgoing_servers",
            "title": self.env._("Outgoing mail servers"),
            "level": "good" if servers else "info",
            "count": len(servers),
            "sentence": self.env._("Letters go out through: %s.", names)
            if servers
            else self.env._(
                "None is set up: letters go through the mail server of Odoo's own "
                "machine."
            ),
        }

    # ------------------------------------------------------------
    # Scheduled actions
    # ------------------------------------------------------------

    @api.model
    def _get_actions_line(self):
        details = [
            self.env._("“%(name)s”: %(trouble)s", name=it.name, trouble=trouble)
            for it in self._get_crons()
            if (trouble := self._get_cron_trouble(it))
        ]
        return {
            "name": "scheduled_actions",
            "title": self.env._("Scheduled actions that are late or fail"),
            "level": "danger" if details else "good",
            "count": len(details),
            "sentence": self.env._(
                "What they do does not happen by itself. Tell the administrator."
            )
            if details
            else self.env._("All run in time."),
            "details": details[:MAX_DETAILS],
        }

    @api.model
    def _get_crons(self):
        """The scheduled actions of the help desk, and those that carry mail (sudo)."""
        crons = self.env["ir.cron"].sudo().with_context(active_test=False)
        of_mail = [
            id_
            for name in ("ir_cron_mail_scheduler_action", "ir_cron_mail_gateway_action")
            if (id_ := self.env["ir.model.data"]._xmlid_to_res_id(f"mail.{name}"))
        ]
        return crons.search(
            Domain("model_id.model", "=like", "ntr.%") | Domain("id", "in", of_mail)
        )

    @api.model
    def _get_cron_trouble(self, cron):
        """Why a scheduled action does not do its work; empty where it does.

        :param cron: ``ir.cron``, sudo
        """
        gateway = "mail.ir_cron_mail_gateway_action"
        if not cron.active:
            # Odoo itself switches the fetching off where there is no mailbox
            is_idle = cron.id == self.env["ir.model.data"]._xmlid_to_res_id(gateway)
            return "" if is_idle else self.env._("it is switched off.")
        if cron.failure_count:
            return self.env._("it has failed %s times in a row.", cron.failure_count)
        if cron.nextcall < self._get_minutes_ago(MINUTES_LATE):
            return self.env._("it is late by more than an hour.")
        return ""

    # ------------------------------------------------------------
    # Tickets
    # ------------------------------------------------------------

    @api.model
    def _get_ownerless_line(self):
        domain = self._get_ownerless_domain()
        count = self.env["ntr.ticket"].search_count(domain)
        return {
            "name": "ownerless",
            "title": self.env._("Tickets that nobody answers for"),
            "level": "danger" if count else "good",
            "count": count,
            "sentence": self.env._(
                "They have no executor, and no line or nobody who answers for it. Give "
                "them to somebody."
            )
            if count
            else self.env._("Every open ticket has an owner."),
            "action": self._get_action("helpdesk_ntr.ntr_ticket_action", domain),
        }

    @api.model
    def _get_ownerless_domain(self):
        """Open tickets without executor that stand on no line, or for which neither the
        manager of the line nor a coordinator answers."""
        return (
            Domain("state", "in", OPEN_STATES)
            & Domain("user_id", "=", False)
            & (
                Domain("line_id", "=", False)
                | (
                    Domain("line_id.manager_id", "=", False)
                    & Domain("coordinator_id", "=", False)
                )
            )
        )
