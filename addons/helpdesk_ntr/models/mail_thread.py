import xmlrpc.client

from odoo import api, fields, models

from ..tools import mail_repair, mail_report, mail_trust, mail_verdict


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """Write down what is for the help desk before it is read (RFC 5322).

        See ``mail.thread``; a mail to the help desk never raises here.
        """
        options = {
            "model": model,
            "custom_values": custom_values,
            "save_original": save_original,
            "strip_attachments": strip_attachments,
            "thread_id": thread_id,
        }
        journals = self.env["ntr.mail.journal"].sudo()
        raw = _get_bytes(message)
        headers = journals._read_headers(raw)
        # a caller of the API who names a row in his context has written nothing down
        is_written_down = bool(self.env["ntr.mail.journal"]._get_current())
        if is_written_down or not journals._is_ours(headers, model):
            return super().message_process(message=raw, **options)
        return journals._take_in(raw, headers, options)

    @api.model
    def message_parse(self, message, save_original=False):
        """A mail that breaks the rules is read too: one that raises here is lost."""
        mail_repair.repair(message)
        values = super().message_parse(message, save_original=save_original)
        if not self._is_storable_date(values.get("date")):
            del values["date"]
        journal = self.env["ntr.mail.journal"]._get_current()
        own_id = journal._get_own_message_id(message)
        return dict(values, message_id=own_id) if own_id else values

    @api.model
    def _is_storable_date(self, date):
        """Whether a date of a mail, as text, is one; years before 1000 are none."""
        try:
            fields.Datetime.to_datetime(date)
        except ValueError:
            return False
        return True

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        """Who has no part in a ticket joins it only when he is let in (E6)."""
        tickets = self.env["ntr.ticket"]
        journal = self.env["ntr.mail.journal"]._get_current()
        sender = None
        if journal and not message_dict.get("is_bounce"):
            sender = tickets._read_sender(message, message_dict)
            # Odoo looks for whom it does not know
            contact = sender.get_contact()
            message_dict["author_id"] = contact and contact.id
        routes = super().message_route(
            message, message_dict, model, thread_id, custom_values
        )
        if not any(route[0] == tickets._name for route in routes):
            return routes
        sender = sender or tickets._read_sender(message, message_dict)
        return tickets._route_by_trust(message, message_dict, routes, sender)

    def _message_parse_post_process(self, message, message_dict, routes):
        """The author is who he was found to be, and nobody else is looked for."""
        trust = getattr(message, "ntr_trust", None)
        if not trust:
            return super()._message_parse_post_process(message, message_dict, routes)
        sender = {} if trust.contact_id else {"email_from": False}
        values = super()._message_parse_post_process(
            message, {**message_dict, **sender}, routes
        )
        return dict(values, author_id=trust.contact_id or False)

    @api.model
    def _detect_is_bounce(self, message, message_dict):
        """Delivery reports of all forms; Odoo itself knows the two most usual."""
        return super()._detect_is_bounce(
            message, message_dict
        ) or mail_verdict.is_report(message)

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        """Of what comes to the help desk nothing is dropped: a burst is collected."""
        tickets = self.env["ntr.ticket"]
        others = [route for route in routes or () if route[0] != tickets._name]
        if len(others) == len(routes or ()):
            return super()._detect_loop_sender(message, message_dict, routes)
        for number, (model, thread_id, *rest) in enumerate(routes):
            if model == tickets._name and not thread_id:
                ticket = tickets._fold_burst(message_dict.get("email_from"))
                if ticket:
                    routes[number] = (model, ticket.id, *rest)
        return bool(others) and super()._detect_loop_sender(
            message, message_dict, others
        )

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A letter of a ticket that did not arrive is told of in the ticket."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        message = message_dict.get("bounced_message")
        if message and message.model == "ntr.ticket":
            failures = mail_report.read_failures(email_message)
            ticket = self.env["ntr.ticket"].sudo().browse(message.res_id).exists()
            ticket._get_master()._note_undelivered(message, failures)
        return result

    @api.model
    def _judge_mail(self, message):
        """Who wrote a mail (``tools.mail_verdict.Verdict``)."""
        return mail_verdict.judge(
            message, own_addresses=self.env["ntr.team"]._get_own_addresses()
        )

    @api.model
    def _sift_routes(self, message, message_dict, routes, verdict):
        """The ways that a mail may go, now that it is known who wrote it.

        :param routes: of ``message_route``, one at least to tickets
        :param verdict: of ``_judge_mail``
        """
        return routes

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Tell the tickets on the way what this mail may not bring about.

        Headers are known here and nowhere later. The flag only withholds, so that
        a caller of the API who sets it himself gains nothing.
        """
        if any(route[0] == "ntr.ticket" for route in routes or ()):
            verdict = self._judge_mail(message)
            journal = self.env["ntr.mail.journal"]._get_current()
            journal._note_verdict(message, verdict)
            trust = getattr(message, "ntr_trust", mail_trust.Trust())
            journal._note_trust(trust)
            routes = self._sift_routes(message, message_dict, routes, verdict)
            withheld = {
                "answer": not verdict.counts_as_answer,
                # the letter would go to whoever was named, not to who wrote
                "acknowledge": not verdict.may_acknowledge or bool(trust.doubt),
                "reopen": not verdict.may_reopen,
            }
            self = self.with_context(
                ntr_mail_withheld=tuple(name for name in withheld if withheld[name]),
                # Scheduled actions leave mail to the queue, which goes out once an
                # hour: too late for whoever waits for this client's word.
                mail_notify_force_send=True,
                ntr_sender_doubt=trust.doubt,
            )
        thread_id = super()._message_route_process(message, message_dict, routes)
        other_teams = getattr(message, "ntr_other_teams", None)
        if other_teams:
            self.env["ntr.ticket"].sudo().browse(thread_id)._tell_other_teams(
                other_teams
            )
        return thread_id


def _get_bytes(message):
    """The bytes of a mail, in whatever form a caller of the API sends it."""
    if isinstance(message, xmlrpc.client.Binary):
        return bytes(message.data)
    return message.encode() if isinstance(message, str) else message
