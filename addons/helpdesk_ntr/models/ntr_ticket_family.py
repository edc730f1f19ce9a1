from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .ntr_ticket import STAFF
from .ntr_ticket_queues import OPEN_STATES

# Letters that the client gets for a request as a whole, and not for each part of it.
LETTERS_OF_THE_WHOLE = (
    "helpdesk_ntr.mail_template_rating",
    "helpdesk_ntr.mail_template_solved",
)
# What tickets of a master incident take over from it where it was not said (S105).
FILLED_BY_MASTER = ("kind_id", "category_id")


class NtrTicket(models.Model):
    """Work that is done in parts, and one trouble that many clients have (S160, S168).

    Parts belong to one request, which is done when they are done. A master incident
    stands above tickets of many clients: what is answered there, and its solution,
    goes to all of them.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    parent_id = fields.Many2one(
        "ntr.ticket",
        "Part of",
        index="btree_not_null",
        check_company=True,
        copy=False,
        groups=STAFF,
        domain="[('id', '!=', id), ('state', 'not in', ('closed', 'cancelled'))]",
    )
    child_ids = fields.One2many("ntr.ticket", "parent_id", "Sub-tickets", groups=STAFF)
    is_master_incident = fields.Boolean(
        "Master incident",
        tracking=True,
        copy=False,
        groups=STAFF,
        help="One trouble that many clients have: an answer to the client, and the "
        "solution, go to the clients of all tickets below.",
    )

    @api.model
    def _get_ledger_fields(self):
        return super()._get_ledger_fields() + ["parent_id"]

    @api.model
    def _get_merge_links(self):
        return super()._get_merge_links() + [("ntr.ticket", "parent_id")]

    @api.constrains("parent_id", "is_master_incident", "partner_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A ticket cannot be a part of itself, over others either.")
            )
        for ticket in self.sudo() | self.sudo().child_ids:
            parent = ticket.parent_id
            if parent.is_master_incident or not parent:
                continue
            if not ticket._is_of_same_client(parent):
                raise ValidationError(
                    self.env._(
                        "%(part)s and %(whole)s are of different clients. Only a "
                        "master incident has tickets of many clients: mark it as one.",
                        part=ticket.number,
                        whole=parent.number,
                    )
                )

    # ------------------------------------------------------------
    # A whole is done after its parts
    # ------------------------------------------------------------

    def _get_open_parts(self):
        """Parts that are not done yet."""
        return self.sudo().child_ids.filtered(lambda it: it.state in OPEN_STATES)

    def _get_solve_blockers(self, vals):
        blockers = super()._get_solve_blockers(vals)
        parts = self._get_open_parts()
        if parts and not self.is_master_incident:
            blockers.append(self._get_parts_sentence(parts))
        return blockers

    def _get_close_blockers(self):
        blockers = super()._get_close_blockers()
        parts = self._get_parts_that_keep_open()
        if parts:
            blockers.append(self._get_parts_sentence(parts))
        return blockers

    def _get_parts_that_keep_open(self):
        """Parts that must end before this ticket: of a master incident all, since
        each has a client who is asked; else those that are not done."""
        if not self.is_master_incident:
            return self._get_open_parts()
        return self.sudo().child_ids.filtered(
            lambda it: it.state in (*OPEN_STATES, "solved")
        )

    def _get_parts_sentence(self, parts):
        return self.env._(
            "These parts come first: %s.", ", ".join(parts.mapped("number"))
        )

    def _confirm(self, **event_values):
        for ticket in self:
            if ticket._get_parts_that_keep_open():
                raise ValidationError(
                    self.env._(
                        "%s is not done in all its parts yet; you will be asked again "
                        "when it is.",
                        ticket.number,
                    )
                )
        return super()._confirm(**event_values)

    def _is_answered_by_whole(self):
        """Whether the client, who asked once, hears of this part with the whole."""
        self.ensure_one()
        whole = self.sudo().parent_id
        return (
            bool(whole)
            and not whole.is_master_incident
            and not whole._is_ended()
            and whole.partner_id == self.sudo().partner_id
        )

    def _schedule_acknowledgements(self):
        own = self.filtered(lambda it: not it._is_answered_by_whole())
        return super(NtrTicket, own)._schedule_acknowledgements()

    def _tell_client(self, template_xmlid):
        told = self
        if template_xmlid in LETTERS_OF_THE_WHOLE:
            told = self.filtered(lambda it: not it._is_answered_by_whole())
        return super(NtrTicket, told)._tell_client(template_xmlid)

    def _get_closing_terms(self, solved_at):
        """A part that its client is not asked about is closed with the whole."""
        if self._is_answered_by_whole():
            return {"close_warning_at": False, "close_due_at": False}
        return super()._get_closing_terms(solved_at)

    def _write_values(self, vals):
        """A part that is done and becomes a ticket of its own is asked about now."""
        if not {"parent_id", "partner_id"} & vals.keys():
            return super()._write_values(vals)
        quiet = self.filtered(
            lambda it: it.state == "solved" and it._is_answered_by_whole()
        )
        result = super()._write_values(vals)
        quiet.filtered(lambda it: not it._is_answered_by_whole())._ask_alone()
        return result

    def _ask_alone(self):
        """Ask the client of what was solved as a part whether it is solved."""
        now = fields.Datetime.now()
        for values, tickets in self._grouped_by_values(
            lambda it: it._get_closing_terms(now)
        ):
            tickets._write_values(values)
        self._tell_client("helpdesk_ntr.mail_template_solved")

    def _cancel(self, *args, **kwargs):
        """Nobody will be asked any more about parts that are done."""
        self.sudo().child_ids.filtered(
            lambda it: it.state == "solved" and it._is_answered_by_whole()
        )._close()
        return super()._cancel(*args, **kwargs)

    def _close(self, **event_values):
        """Whoever agrees with the whole agrees with its parts."""
        parts = self.sudo().child_ids.filtered(lambda it: it.state == "solved")
        if parts:
            parts._close(**event_values)
        return super()._close(**event_values)

    @api.model
    def _get_closing_domain(self):
        """What still has parts to be done does not close by itself."""
        keeping = Domain("state", "in", OPEN_STATES) | Domain(
            [("state", "=", "solved"), ("parent_id.is_master_incident", "=", True)]
        )
        return Domain(super()._get_closing_domain()) & ~Domain(
            "child_ids", "any", keeping
        )

    # ------------------------------------------------------------
    # Master incident
    # ------------------------------------------------------------

    def _on_reply(self, message):
        result = super()._on_reply(message)
        if self.sudo().is_master_incident:
            self.sudo()._schedule_repeats(message)
        return result

    def _schedule_repeats(self, message):
        """What was answered here is owed to the clients of all open tickets below."""
        self.env["ntr.notice"].sudo()._schedule(
            [
                {
                    "ticket_id": part.id,
                    "message_id": message.id,
                    "due_at": self._get_repeat_time(),
                }
                for part in self._get_open_parts()
            ]
        )

    def _get_repeat_time(self):
        """An answer that can still be undone is not repeated before."""
        seconds = self.team_id.undo_seconds
        return fields.Datetime.now() + timedelta(seconds=seconds and seconds + 5)

    def _repeat_answer(self, message):
        """Say to the client of this ticket what was said in its master incident.

        :param message: our ``mail.message`` there
        """
        files = [(it.name, it.raw) for it in message.attachment_ids]
        self.with_context(mail_notify_force_send=True).message_post(
            body=message.body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=message.author_id.id,
            email_from=message.email_from,
            partner_ids=self._get_asked_contact().ids,
            attachments=files,
        )

    def _solve(self, vals=None):
        result = super()._solve(vals)
        for master in self.sudo().filtered("is_master_incident"):
            for values, parts in master._get_open_parts()._grouped_by_values(
                master._get_solution_for
            ):
                parts._solve(values)
        return result

    def _get_solution_for(self, part):
        """What a ticket of this master incident is solved with."""
        return {
            "solution": self.solution,
            "prevention": self.prevention,
            "cause_id": self.cause_id.id,
            **{
                name: self[name].id
                for name in FILLED_BY_MASTER
                if self[name] and not part[name]
            },
        }

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_new_part(self):
        """Button: the form of a new part of this ticket."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New part of %s", self.number),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_parent_id": self.id,
                "default_partner_id": self.partner_id.id,
                "default_team_id": self.team_id.id,
                "default_equipment_id": self.equipment_id.id,
                "default_channel_id": self.channel_id.id,
            },
        }
