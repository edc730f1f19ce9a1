from odoo.exceptions import UserError
from odoo.http import Controller, request, route


class SupportAnswer(Controller):
    """The page behind a link in a letter: it shows one thing and has one button.

    Opening the page changes nothing, because mail scanners open every link; only the
    button does, by POST with a CSRF token.
    """

    @route(
        "/support/answer/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def support_answer(self, token, **kw):
        """Ask whether to do what the link is for."""
        link_sudo, ticket_sudo = self._find(token)
        return self._render(token, link_sudo, ticket_sudo)

    @route(
        "/support/answer/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def support_answer_submit(self, token, reason=None, **kw):
        """Do what the link is for."""
        link_sudo, ticket_sudo = self._find(token)
        if not link_sudo:
            return self._render(token, link_sudo, ticket_sudo)
        try:
            ticket_sudo._answer_as_client(
                link_sudo.verb, reason, actor_id=link_sudo.partner_id.id
            )
        except UserError as error:
            return self._render(
                token, link_sudo, ticket_sudo, error=str(error), reason=reason
            )
        return self._render(token, link_sudo, ticket_sudo, is_done=True)

    def _find(self, token):
        """(link, ticket) of a token, both empty when it opens nothing any more."""
        link_sudo = request.env["ntr.link"].sudo()._find(token)
        tickets_sudo = request.env["ntr.ticket"].sudo()
        if link_sudo.res_model != "ntr.ticket":
            return request.env["ntr.link"], tickets_sudo
        ticket_sudo = link_sudo._get_record()
        return (link_sudo if ticket_sudo else link_sudo.browse()), ticket_sudo

    def _render(self, token, link_sudo, ticket_sudo, **values):
        lang = ticket_sudo.lang or request.env.lang
        if lang:
            request.update_context(lang=lang)
            ticket_sudo = ticket_sudo.with_context(lang=lang)
        response = request.render(
            "helpdesk_ntr.support_answer",
            {
                "token": token,
                "verb": link_sudo.verb,
                "ticket": ticket_sudo,
                "is_possible": self._is_possible(link_sudo.verb, ticket_sudo),
                "refusal": self._get_refusal(link_sudo.verb, ticket_sudo),
                "no_header_menu": True,
                **values,
            },
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _is_possible(self, verb, ticket_sudo):
        if not ticket_sudo:
            return False
        if verb == "reopen":
            return ticket_sudo._is_reopenable()
        if verb == "reject" and not ticket_sudo._is_reopenable():
            return False
        return ticket_sudo.state == "solved"

    def _get_refusal(self, verb, ticket_sudo):
        """What the team's rules say to a client who wants his request open again."""
        if verb == "confirm" or ticket_sudo.state not in ("solved", "closed"):
            return None
        return ticket_sudo._get_reopen_refusal()
