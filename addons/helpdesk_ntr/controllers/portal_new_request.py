from odoo.exceptions import UserError
from odoo.http import request, route

from .portal_conversation import HelpdeskConversation


class HelpdeskNewRequest(HelpdeskConversation):
    """The form by which a client or an employee registers a request himself."""

    @route("/my/requests/new", type="http", auth="user", methods=["GET"], website=True)
    def portal_new_request(self, **kw):
        """The empty form."""
        return self._render_new_request()

    @route("/my/requests/new", type="http", auth="user", methods=["POST"], website=True)
    def portal_new_request_submit(self, name=None, text=None, team_id=None, **kw):
        """Register what was filled in, or show it again with what is missing."""
        team = self._get_chosen_team(team_id)
        name, text = self._get_plain_text(name), self._get_plain_text(text)
        try:
            with request.env.cr.savepoint():
                ticket_sudo = self._register_request(team, name, text)
        except UserError as error:
            return self._render_new_request(
                error=str(error), name=name, text=text, team=team
            )
        return request.redirect(f"/my/requests/{ticket_sudo.id}")

    def _register_request(self, team, name, text):
        if not team:
            raise UserError(request.env._("Choose whom you ask."))
        return request.env["ntr.ticket"]._register_in_cabinet(
            team, name, text, self._get_uploaded_files()
        )

    def _get_chosen_team(self, team_id):
        """The team of the form among those offered; the only one where there is one."""
        teams = request.env["ntr.team"]._get_offered()
        if len(teams) == 1:
            return teams
        return teams.filtered(lambda team: str(team.id) == team_id)

    def _render_new_request(self, **values):
        return request.render(
            "helpdesk_ntr.portal_new_request",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "ntr_new_request",
                "teams": request.env["ntr.team"]._get_offered(),
                **values,
            },
        )
