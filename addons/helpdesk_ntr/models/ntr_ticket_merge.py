import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import is_html_empty

from .ntr_ticket import STAFF
from .ntr_ticket_mail import DONE_STATES
from .ntr_ticket_stage import ENDED_STATES

# What the ticket that stays takes over where it has nothing itself.
FILLED_FIELDS = (
    "kind_id",
    "category_id",
    "equipment_id",
    "product_id",
    "lead_id",
)
# Where a ticket stands: put back together or not at all.
COURSE_FIELDS = (
    "stage_id",
    "waiting_on",
    "waiting_since",
    "waiting_reason",
    "wait_until",
    "reminder_due_at",
    "reminded_at",
    "reminder_count",
    "close_warning_at",
    "close_due_at",
    "outcome",
)
ADDED_FIELDS = ("tag_ids", "invoice_ids")
# What a merge changes in either ticket, and its undoing puts back.
KEPT_FIELDS = (
    *FILLED_FIELDS,
    *COURSE_FIELDS,
    *ADDED_FIELDS,
    "partner_id",
    "user_id",
    "assigned_at",
    "line_id",
    "unanswered_since",
)
SOLVED_LETTER = "helpdesk_ntr.mail_template_solved"
TYPES_THAT_STAY = ("notification", "user_notification")


class NtrTicket(models.Model):
    """The same request twice becomes one (S175).

    The merged ticket is cancelled and in no figure, its number leads to the one that
    stays. Every message keeps where it was written, so that whatever was sent to the
    merged number, before or after, returns with it when the merge is undone.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    merged_ids = fields.One2many(
        "ntr.ticket", "merged_into_id", "Merged tickets", groups=STAFF
    )
    merge_snapshot = fields.Json(
        readonly=True,
        copy=False,
        prefetch=False,
        groups="base.group_system",
        help="How both tickets stood before they were merged.",
    )

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {"merge_snapshot", "merged_ids"}

    @api.model
    def _get_ledger_fields(self):
        return super()._get_ledger_fields() + ["merged_into_id"]

    # ------------------------------------------------------------
    # Verb
    # ------------------------------------------------------------

    def merge_into(self, ticket_id):
        """Make these tickets part of another one; their numbers lead there.

        :param int ticket_id: id of the ticket that stays
        :return: True
        :raises UserError: they are not of one client, or it is merged itself
        """
        master = self._find_argument("ntr.ticket", ticket_id)
        if not master._filtered_access("read"):
            raise UserError(self.env._("Choose the ticket that stays."))
        (self | master)._for_verb("merge_into")
        (self | master)._lock()
        for ticket in self:
            refusal = ticket._get_merge_refusal(master)
            if refusal:
                raise UserError(refusal)
        for ticket in self.sudo():
            ticket._merge(master.sudo())
        return True

    def reopen(self, reason):
        """Open ended or solved tickets again; what is merged is undone instead."""
        for ticket in self.sudo():
            if ticket.merged_into_id:
                raise UserError(
                    self.env._(
                        "%(number)s was merged into %(master)s and goes on there.",
                        number=ticket.number,
                        master=ticket._get_master().number,
                    )
                )
        return super().reopen(reason)

    def action_open_master(self):
        """Button: go to the ticket in which this one goes on."""
        self.ensure_one()
        return self._get_master()._get_records_action()

    # ------------------------------------------------------------
    # What may be merged
    # ------------------------------------------------------------

    def _get_merge_refusal(self, master):
        """Why this ticket does not become part of that one.

        :return: a sentence, None where it may
        """
        self.ensure_one()
        ticket, master = self.sudo(), master.sudo()
        return (
            ticket._get_merge_state_refusal(master)
            or ticket._get_merge_readers_refusal(master)
            or None
        )

    def _get_merge_state_refusal(self, master):
        """Why it is not the time to merge these two."""
        names = {"number": self.number, "master": master.number}
        if self == master:
            return self.env._("A ticket cannot be merged into itself.")
        if self.merged_into_id:
            return self.env._(
                "%(number)s is merged into %(master)s already.",
                number=self.number,
                master=self.merged_into_id.number,
            )
        if master.merged_into_id:
            return self.env._(
                "%(master)s was merged itself: choose %(last)s, where it goes on.",
                master=master.number,
                last=master._get_master().number,
            )
        if master.state in ENDED_STATES:
            return self.env._(
                "%(master)s is ended. Reopen it before you merge %(number)s into it.",
                **names,
            )
        if self.held_message_id:
            return self.env._(
                "The last answer in %(number)s is still on its way out. Merge it into "
                "%(master)s in a minute, or take the answer back.",
                **names,
            )
        return None

    def _get_merge_readers_refusal(self, master):
        """Who would read what is not meant for him, if these two were one."""
        names = {"number": self.number, "master": master.number}
        if self.company_id != master.company_id:
            return self.env._(
                "%(number)s and %(master)s belong to different companies.", **names
            )
        if not self._is_of_same_client(master):
            return self.env._(
                "%(number)s and %(master)s are of different clients: one would read "
                "what the other wrote.",
                **names,
            )
        if self.is_confidential and not master.is_confidential:
            return self.env._(
                "%(number)s is confidential and %(master)s is not: more people would "
                "read it.",
                **names,
            )
        return None

    def _get_merge_candidates_domain(self):
        """Tickets that this one may become part of."""
        self.ensure_one()
        client = self.commercial_partner_id
        same_client = (
            Domain("commercial_partner_id", "in", [client.id, False])
            if client
            else Domain.TRUE
        )
        return (
            same_client
            & Domain("state", "not in", ENDED_STATES)
            & Domain("id", "!=", self.id)
            & Domain("company_id", "=", self.company_id.id)
        )

    def _is_of_same_client(self, other):
        """Whether both are of one firm, or one of them is of nobody we know."""
        clients = self.commercial_partner_id | other.commercial_partner_id
        if len(clients) > 1:
            return False
        addresses = {it._get_asking_address() for it in self | other} - {False}
        return bool(clients) or len(addresses) < 2

    def _get_master(self):
        """The ticket in which this one goes on: itself, unless it was merged."""
        master = self.sudo()
        while master.merged_into_id:
            master = master.merged_into_id
        return master.with_env(self.env)

    def _get_merged_tree(self):
        """These tickets and all that were merged into them, however far down."""
        tickets = self.sudo()
        found = tickets
        while tickets:
            tickets = tickets.with_context(active_test=False).merged_ids - found
            found |= tickets
        return found

    # ------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------

    def _merge(self, master):
        """This ticket becomes part of that one.

        :param master: the ticket that stays; both as superuser
        """
        before = [ticket._get_merge_values() for ticket in (self, master)]
        is_told = self.state not in DONE_STATES
        content = self._get_content(master)
        unanswered_since = self.unanswered_since
        self._note_merged_text(master)
        self._move_content(content, master)
        self._end_as_merged(master)
        master._take_over(self, unanswered_since)
        after = [ticket._get_merge_values() for ticket in (self, master)]
        changes = [
            {name: [old[name], new[name]] for name in old if old[name] != new[name]}
            for old, new in zip(before, after, strict=True)
        ]
        self._write_values({"merge_snapshot": dict(content, changes=changes)})
        if is_told:
            self._tell_client("helpdesk_ntr.mail_template_merged")

    def _get_merge_values(self):
        """{field: plain value, as JSON knows it} of what a merge may change."""
        return {name: self._get_merge_value(name) for name in KEPT_FIELDS}

    def _get_merge_value(self, name):
        value = self[name]
        if isinstance(value, models.BaseModel):
            return sorted(value.ids) if name in ADDED_FIELDS else value.id
        if self._fields[name].type == "datetime":
            return fields.Datetime.to_string(value)
        return value

    @api.model
    def _get_merge_links(self):
        """Records that belong to a ticket and go with it when it is merged.

        :return: list of (model, many2one field); higher addons add theirs
        """
        return [("ntr.escalation", "ticket_id")]

    def _get_content(self, master):
        """What goes along to that ticket, by ids: {what: ids}."""
        return {
            "attachments": self._get_attachments_to_move().ids,
            "activities": self.with_context(active_test=False).activity_ids.ids,
            "followers": (self.message_partner_ids - master.message_partner_ids).ids,
            "links": {
                model: self.env[model]
                .with_context(active_test=False)
                .search([(name, "in", self.ids)])
                .ids
                for model, name in self._get_merge_links()
            },
        }

    def _get_attachments_to_move(self):
        """Files of this ticket, but those that its own texts show."""
        attachments = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        texts = " ".join(filter(None, (self.description, self.solution)))
        return attachments.filtered(
            lambda it: not re.search(rf"/web/(image|content)/{it.id}\b", texts)
        )

    def _move_content(self, content, master):
        """Messages, files, activities and what else belongs to it go along."""
        self._move_messages(self._get_messages_to_move(), master)
        self._move_files_and_links(content, self, master)
        if content["followers"]:
            master.message_subscribe(content["followers"])

    def _get_messages_to_move(self):
        """What was said here. Notes of Odoo about changed fields stay: they tell of
        this record."""
        return self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("message_type", "not in", TYPES_THAT_STAY),
            ]
        )

    def _move_messages(self, messages, master):
        """Messages go to that ticket and remember where they were written."""
        messages.filtered(lambda it: not it.ntr_origin_id).write(
            {"ntr_origin_id": self.id}
        )
        messages.write({"res_id": master.id, "record_name": master.display_name})
        (self | master).invalidate_recordset(["message_ids"])

    def _move_files_and_links(self, content, source, target):
        """What of the content still is with one ticket goes to the other."""
        for model, name, ids in self._get_movable(content):
            records = self.env[model].browse(ids).exists()
            moving = records.filtered(
                lambda it, name=name: self._get_plain(it[name]) == source.id
            )
            moving.write({name: target.id})
        (source | target).invalidate_recordset(["activity_ids"])

    @api.model
    def _get_movable(self, content):
        """(model, field that leads to the ticket, ids) of what the content holds."""
        names = dict(self._get_merge_links())
        return [
            ("ir.attachment", "res_id", content["attachments"]),
            ("mail.activity", "res_id", content["activities"]),
            *(
                (model, names[model], ids)
                for model, ids in content["links"].items()
                if model in names
            ),
        ]

    def _end_as_merged(self, master):
        """Cancelled, in no figure, and leading to the ticket that stays."""
        self.env["ntr.link"].sudo()._revoke(self)
        self._move(
            "merged",
            "cancelled",
            {
                "merged_into_id": master.id,
                "outcome": "duplicate",
                "close_warning_at": False,
                "close_due_at": False,
                "unanswered_since": False,
            },
            reason=master.number,
        )

    def _take_over(self, merged, unanswered_since):
        """This ticket goes on for that one too.

        :param merged: the ticket that became part of this one
        :param datetime unanswered_since: since when its client waited for a word
        """
        filled = (*FILLED_FIELDS, *(() if self.email_from else ("partner_id",)))
        vals = {
            name: merged[name].id for name in filled if merged[name] and not self[name]
        }
        vals.update(
            {
                name: [fields.Command.link(id_) for id_ in merged[name].ids]
                for name in ADDED_FIELDS
            }
        )
        if unanswered_since:
            vals["unanswered_since"] = min(
                unanswered_since, self.unanswered_since or unanswered_since
            )
        self._write_logged("merged", vals, reason=merged.number)
        if not self.user_id:
            self._assign(self._filter_assignable(merged.user_id))
        if unanswered_since and self.waiting_on == "client" and self.state == "waiting":
            self._resume()

    def _note_merged_text(self, master):
        """A note for us, with the text of a request that stands in no message."""
        body = Markup("<p>%s</p>") % self.env._(
            "%(number)s “%(subject)s” was merged into this ticket.",
            number=self.number,
            subject=self.name,
        )
        has_mail = any(it.message_type == "email" for it in self.message_ids)
        if not has_mail and not is_html_empty(self.description):
            body += Markup("<blockquote>%s</blockquote>") % self.description
        master.message_post(body=body, subtype_xmlid="mail.mt_note")

    # ------------------------------------------------------------
    # Later messages
    # ------------------------------------------------------------

    def message_post(self, **kwargs):
        """What is sent to a merged number goes to the ticket that stays.

        See ``mail.thread``. The message remembers the number, so that undoing the
        merge takes it along.
        """
        if kwargs.get("message_type", "notification") in TYPES_THAT_STAY:
            return super().message_post(**kwargs)
        master, origin = self._get_master(), self
        if master == self:
            origin = self._get_origin_of_answer(kwargs)
        elif not master.has_access("read"):
            self.check_access("read")
            master = master.sudo()
        message = super(NtrTicket, master).message_post(**kwargs)
        if origin:
            message.sudo().ntr_origin_id = origin
        return message

    def _get_origin_of_answer(self, values):
        """The merged ticket that a mail answers, by the message that it answers."""
        if values.get("message_type") != "email" or not values.get("parent_id"):
            return self.browse()
        parent = self.env["mail.message"].sudo().browse(values["parent_id"]).exists()
        is_here = parent.model == self._name and parent.res_id == self.id
        return parent.ntr_origin_id if is_here else self.browse()

    def _get_letter_readers(self, template):
        """Whoever asked in a merged ticket learns of the solution too."""
        partners, addresses = super()._get_letter_readers(template)
        solved = self.env.ref(SOLVED_LETTER, raise_if_not_found=False)
        if template != solved:
            return partners, addresses
        merged = self._get_merged_tree() - self
        partners |= merged.partner_id
        known = {self._get_asking_address(), *partners.mapped("email_normalized")}
        strangers = merged.filtered(
            lambda it: not it.partner_id and it._get_asking_address() not in known
        )
        return partners, addresses + strangers.mapped("email_from")

    # ------------------------------------------------------------
    # Numbers keep working
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_never_merged(self):
        for ticket in self.sudo():
            if ticket.merged_into_id or ticket.merged_ids:
                raise UserError(
                    self.env._(
                        "%s is part of a merge and its number must keep working: it "
                        "cannot be deleted.",
                        ticket.number,
                    )
                )
