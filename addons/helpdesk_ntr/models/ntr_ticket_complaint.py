from odoo import api, fields, models
from odoo.exceptions import UserError

from .ntr_ticket import STAFF
from .ntr_ticket_verbs import GROUP_DIRECTOR

COMPLAINT = "complaint"


class NtrTicket(models.Model):
    """A complaint goes to a manager, never to the person complained of (S134).

    That a person is kept out of a ticket is said by a record rule for everybody;
    what is told to people without their opening the ticket is withheld here.
    """

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    kind_code = fields.Char(related="kind_id.code")
    complaint_user_id = fields.Many2one(
        "res.users",
        "Complained of",
        index="btree_not_null",
        copy=False,
        groups=STAFF,
        domain=[("share", "=", False)],
        help="Neither gets this ticket nor sees it.",
    )

    _complained_is_not_executor = models.Constraint(
        "CHECK(complaint_user_id IS NULL OR user_id IS NULL "
        "OR complaint_user_id != user_id)",
        "A complaint is not for the person complained of: give it to somebody else.",
    )

    @api.model
    def _get_ledger_fields(self):
        return super()._get_ledger_fields() + ["complaint_user_id"]

    # ------------------------------------------------------------
    # To whom it goes
    # ------------------------------------------------------------

    def _create_tickets(self, vals_list):
        for vals in vals_list:
            if self._is_complaint_of(vals):
                self._prepare_complaint(vals)
        tickets = super()._create_tickets(vals_list)
        tickets._keep_complained_out()
        return tickets

    @api.model
    def _is_complaint_of(self, vals):
        """Whether values of a ticket make it a complaint."""
        kind_sudo = self.env["ntr.ticket.kind"].sudo().browse(vals.get("kind_id") or [])
        return bool(vals.get("complaint_user_id")) or kind_sudo.code == COMPLAINT

    @api.model
    def _prepare_complaint(self, vals):
        """Give a new complaint, in place, to the manager of the line it comes to."""
        if vals.get("user_id"):
            self._refuse_complained(vals["user_id"], vals.get("complaint_user_id"))
            return
        category = self.env["ntr.ticket.category"].browse(vals.get("category_id") or [])
        wanted = category._get_defaults()
        team = self.env["ntr.team"].browse(
            vals.get("team_id") or wanted.get("team_id") or self._default_team_id()
        )
        line_id = vals.get("line_id") or wanted.get("line_id")
        line_id = line_id or (team._choose_line_id(vals) if team else False)
        complained = self.env["res.users"].browse(vals.get("complaint_user_id") or [])
        line = self.env["ntr.support.line"].browse(line_id or [])
        vals["user_id"] = self._get_complaint_manager(line, team, complained).id

    @api.model
    def _refuse_complained(self, user_id, complained_id):
        if user_id and user_id == complained_id:
            raise UserError(
                self.env._(
                    "A complaint is not for the person complained of: give it to "
                    "somebody else."
                )
            )

    @api.model
    def _get_complaint_manager(self, line, team, complained):
        """Who deals with a complaint: the line's manager, the coordinator, a director;
        the first of them who is not complained of."""
        managers = line.sudo().manager_id | team.sudo().coordinator_id
        directors = self.env.ref(GROUP_DIRECTOR).sudo().all_user_ids
        admins = self.env.ref("helpdesk_ntr.group_admin").sudo().all_user_ids
        managers |= (directors - admins) | (directors & admins)
        company = team.sudo().company_id or self.env.company
        return managers.filtered(
            lambda user: user.active
            and not user.share
            and user != complained
            and company in user.company_ids
        )[:1]

    def write(self, vals):
        if not {"kind_id", "complaint_user_id"} & vals.keys():
            return super().write(vals)
        self._hand_complaints_over(vals)
        result = super().write(vals)
        self._keep_complained_out()
        return result

    def _hand_complaints_over(self, vals):
        """Give tickets that become complaints, or that the person complained of has,
        to a manager, before he is named."""
        for ticket in self.filtered(lambda ticket: not ticket._is_ended()):
            complained = self.env["res.users"].browse(
                vals.get("complaint_user_id", ticket.sudo().complaint_user_id.id) or []
            )
            known = {
                "kind_id": ticket.kind_id.id,
                "complaint_user_id": ticket.sudo().complaint_user_id.id,
            }
            self._refuse_complained(vals.get("user_id"), complained.id)
            is_his = bool(complained) and ticket.user_id == complained
            is_new = not self._is_complaint_of(known) and self._is_complaint_of(
                {**known, **vals}
            )
            if "user_id" not in vals and (is_his or is_new):
                ticket._assign(
                    self._get_complaint_manager(
                        ticket.line_id, ticket.team_id, complained
                    )
                )

    # ------------------------------------------------------------
    # Who is kept out
    # ------------------------------------------------------------

    def _keep_complained_out(self):
        for ticket in self.sudo().filtered("complaint_user_id"):
            ticket.message_unsubscribe(ticket.complaint_user_id.partner_id.ids)

    def _filter_assignable(self, users):
        return super()._filter_assignable(users) - self.sudo().complaint_user_id

    @api.depends("complaint_user_id")
    def _compute_accountable_id(self):
        result = super()._compute_accountable_id()
        for ticket in self.filtered("complaint_user_id"):
            if ticket.accountable_id == ticket.complaint_user_id:
                ticket.accountable_id = ticket._get_complaint_manager(
                    ticket.line_id, ticket.team_id, ticket.complaint_user_id
                )
        return result

    def _get_manager(self):
        manager = super()._get_manager()
        complained = self.sudo().complaint_user_id
        if not complained or manager != complained:
            return manager
        return self._get_complaint_manager(self.line_id, self.team_id, complained)

    def _tell_staff(self, template_xmlid, partners, reason=None):
        result = None
        for complained, tickets in self.sudo().grouped("complaint_user_id").items():
            result = super(NtrTicket, tickets.with_env(self.env))._tell_staff(
                template_xmlid, partners - complained.partner_id, reason
            )
        return result

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        complained_ids = set(self.sudo().complaint_user_id.partner_id.ids)
        if complained_ids:
            partner_ids = [
                id_ for id_ in partner_ids or () if id_ not in complained_ids
            ]
        return super().message_subscribe(partner_ids, subtype_ids)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Also where somebody names him in a message, he is told nothing of it."""
        complained_id = self.sudo().complaint_user_id.partner_id.id
        return [
            recipient
            for recipient in super()._notify_get_recipients(
                message, msg_vals=msg_vals, **kwargs
            )
            if not complained_id or recipient["id"] != complained_id
        ]
