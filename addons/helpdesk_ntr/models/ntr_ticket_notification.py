from odoo import api, models

# Letters that a team may do without. Those that a client must have to agree or to
# disagree with a solution, and the acknowledgement, which is a rule of its own, are not
# among them.
CLIENT_LETTERS = (
    "helpdesk_ntr.mail_template_merged",
    "helpdesk_ntr.mail_template_off_profile",
    "helpdesk_ntr.mail_template_rating",
    "helpdesk_ntr.mail_template_refused",
    "helpdesk_ntr.mail_template_visit",
    "helpdesk_ntr.mail_template_visit_cancelled",
    "helpdesk_ntr.mail_template_wish",
)
# Letters that a colleague may do without, if he looks at his tickets anyway.
STAFF_LETTERS = (
    "helpdesk_ntr.mail_template_assigned",
    "helpdesk_ntr.mail_template_client_wrote",
    "helpdesk_ntr.mail_template_passed_on",
    "helpdesk_ntr.mail_template_ping_pong",
    "helpdesk_ntr.mail_template_rejected",
    "helpdesk_ntr.mail_template_solved_staff",
    "helpdesk_ntr.mail_template_untaken",
    "helpdesk_ntr.mail_template_waiting_over",
    "helpdesk_ntr.mail_template_withdrawn",
)


class NtrTicket(models.Model):
    """Who is told of what: each letter can be switched off by a team or a person."""

    _inherit = "ntr.ticket"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_switchable_letters(self):
        """Xml ids of the letters to clients and to colleagues that can be switched off;
        higher addons add theirs.

        :return: (to clients, to colleagues)
        """
        return list(CLIENT_LETTERS), list(STAFF_LETTERS)

    @api.model
    def _get_switchable_ids(self, to_client):
        """Ids of those letters, without what somebody has deleted."""
        letters = self._get_switchable_letters()[0 if to_client else 1]
        find = self.env["ir.model.data"]._xmlid_to_res_id
        return [id_ for xmlid in letters if (id_ := find(xmlid))]

    def _tell_client(self, template_xmlid):
        template = self._get_letter_template(template_xmlid)
        wanted = self.filtered(
            lambda it: template not in it.sudo().team_id.muted_template_ids
        )
        return super(NtrTicket, wanted)._tell_client(template_xmlid)

    def _tell_staff(self, template_xmlid, partners, reason=None):
        template = self._get_letter_template(template_xmlid)
        muted = partners.sudo().user_ids.filtered(
            lambda user: template in user.ntr_muted_template_ids
        )
        return super()._tell_staff(
            template_xmlid, partners - muted.partner_id, reason=reason
        )
