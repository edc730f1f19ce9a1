from odoo import models
from odoo.fields import Domain
from odoo.tools import plaintext2html


class NtrTicket(models.Model):
    """Who asks: clients in their cabinet, and our own employees as well (S126, S188).

    Rights on tickets show a colleague every internal field, so an employee has none:
    the cabinet looks for what he himself asked and shows it as to a client.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------
    # What the cabinet shows
    # ------------------------------------------------------------

    def _get_cabinet(self):
        """The tickets among which the cabinet searches: record rules bind clients, a
        colleague is bound by ``_get_cabinet_domain`` alone."""
        return self if self.env.user.share else self.sudo()

    def _get_cabinet_domain(self):
        """Which tickets stand in the cabinet of this user.

        Of a colleague only those that he himself asked, whatever his role and whoever
        asked in the name of the same firm: requests to personnel are among them.
        """
        user = self.env.user
        if user.share:
            return Domain.TRUE
        return Domain("partner_id", "=", user.partner_id.id) & Domain(
            "company_id", "in", user.company_ids.ids
        )

    def _find_in_cabinet(self, ticket_id):
        """That ticket with all rights, for pages that show what a client may see.

        :param int ticket_id: as it came with the address
        :return: one ticket, or none where the user did not ask it
        """
        tickets = self._get_cabinet()
        domain = self._get_cabinet_domain() & Domain("id", "=", ticket_id)
        return tickets.with_context(active_test=False).search(domain).sudo()

    def _get_client_messages(self):
        """What was said between the client and us, the oldest first.

        No notes, nothing that is held back still, nothing that was taken out.
        """
        self.ensure_one()
        messages = self.env["mail.message"]
        comment_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        domain = (
            Domain("model", "=", self._name)
            & Domain("res_id", "=", self.id)
            & Domain("ntr_audience", "=", "client")
            & Domain("subtype_id", "=", comment_id)
            & Domain(messages._get_search_domain_share())
        )
        said = messages.search(domain, order="date, id")
        return said - said._filter_empty()

    def _is_rateable(self):
        """Whether the user is the one who was helped, and has not said how he liked
        it since this ticket was closed."""
        self.ensure_one()
        partner = self.env.user.partner_id
        if self.state != "closed" or self.partner_id != partner:
            return False
        return not self.rating_ids.filtered(
            lambda rating: rating.consumed
            and rating.partner_id == partner
            and rating.write_date >= self.closed_at
        )

    # ------------------------------------------------------------
    # What a client decides
    # ------------------------------------------------------------

    def _get_client_answers(self):
        """{verb: method} of what a client does with his request, on the portal or by
        a link; each takes the reason and the columns of the event."""
        return {
            "confirm": self._confirm_as_client,
            "reject": self._reject_as_client,
            "reopen": self._reopen_as_client,
            "withdraw": self._withdraw_as_client,
        }

    def _is_for_client(self):
        """Whether a public verb is called by a client, whom his own rules bind."""
        return self.env.user.share and not self.env.su

    def _decide_as_client(self, verb, reason=None):
        """Do what a client asks for by a public verb; he must see these tickets.

        :param str verb: a key of ``_get_client_answers``
        """
        self.check_access("read")
        return self.sudo()._answer_as_client(verb, reason)

    def _answer_as_client(self, verb, reason=None, **event_values):
        """Do what the client decides; the caller has checked that it is he.

        :param str verb: a key of ``_get_client_answers``
        :param str reason: his words; all verbs but ``confirm`` need them
        :param event_values: columns of the event; ``actor_id`` (the user's contact)
        :raises UserError: a sentence for the client that says why not
        """
        return self._get_client_answers()[verb](
            reason, audience="client", **event_values
        )

    def _confirm_as_client(self, reason, **event_values):
        return self._confirm(**event_values)

    def _reject_as_client(self, reason, **event_values):
        reason = self._require_reason(reason)
        self._require_state(
            ("solved",), self.env._("%s has no solution to reject at the moment.")
        )
        self._require_reopenable()
        return self._reject(reason, **event_values)

    def _reopen_as_client(self, reason, **event_values):
        reason = self._require_reason(reason)
        self._require_reopenable()
        return self._reopen(reason=reason, **event_values)

    def _withdraw_as_client(self, reason, **event_values):
        reason = self._require_reason(reason)
        self._require_state(
            ("new", "open", "waiting"),
            self.env._("%s is not in work any more, there is nothing to withdraw."),
        )
        self._cancel(reason, "other", **event_values)
        for user, tickets in self.grouped("accountable_id").items():
            tickets._tell_staff(
                "helpdesk_ntr.mail_template_withdrawn", user.partner_id, reason
            )
        return True

    # ------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------

    def _register_in_cabinet(self, team, name, text, files=()):
        """Register what the user asks in his cabinet.

        :param team: the ``ntr.team`` he chose, one of ``_get_offered``
        :param str name: the subject
        :param str text: plain text
        :param files: pairs of name and bytes
        :return: the ticket, with all rights
        :raises UserError: what is missing, or what this client may not ask for
        """
        ticket = (
            self.sudo()
            .with_context(mail_create_nosubscribe=True)
            .create(self._prepare_cabinet_values(team, name, text))
        )
        if files:
            ticket._say_as_client("", files)
        return ticket

    def _prepare_cabinet_values(self, team, name, text):
        """Values of a ticket that the user registers in his cabinet."""
        return {
            "name": name,
            "description": plaintext2html(text) if text else False,
            "partner_id": self.env.user.partner_id.id,
            "team_id": team.id,
            "channel_id": self.env["ntr.channel"]._get_id("portal"),
        }

    def _say_as_client(self, text, files=()):
        """Post what the user writes in his own request.

        :param str text: plain text
        :param files: pairs of name and bytes
        :return: the message
        """
        # as a client, he follows his request once one of us writes to him
        ticket = self.with_context(
            mail_post_autofollow=False, mail_post_autofollow_author_skip=True
        )
        return ticket.message_post(
            body=plaintext2html(text) if text else "",
            author_id=self.env.user.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=list(files),
        )
