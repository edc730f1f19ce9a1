from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

REQUESTS_PER_PAGE = 40


class HelpdeskPortal(CustomerPortal):
    """The client's own requests on the portal."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "ntr_request_count" in counters:
            tickets = request.env["ntr.ticket"]
            values["ntr_request_count"] = (
                tickets.search_count(self._get_requests_domain())
                if tickets.has_access("read")
                else 0
            )
        return values

    def _get_requests_domain(self):
        """What stands in the list of requests; record rules come on top of it."""
        return Domain.TRUE

    def _get_request_filters(self):
        """{key: {label, domain}} of the filters above the list."""
        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "open": {
                "label": request.env._("Open"),
                "domain": Domain("state", "in", ("new", "open", "waiting")),
            },
            "solved": {
                "label": request.env._("To confirm"),
                "domain": Domain("state", "=", "solved"),
            },
            "ended": {
                "label": request.env._("Ended"),
                "domain": Domain("state", "in", ("closed", "cancelled")),
            },
        }

    def _get_request_sortings(self):
        return {
            "date": {"label": request.env._("Newest"), "order": "id desc"},
            "name": {"label": request.env._("Subject"), "order": "name, id desc"},
            "stage": {"label": request.env._("Stage"), "order": "stage_id, id desc"},
        }

    @route(
        ["/my/requests", "/my/requests/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_requests(self, page=1, sortby=None, filterby=None, search=None, **kw):
        """The list of requests: wrong query values give the defaults."""
        filters = self._get_request_filters()
        sortings = self._get_request_sortings()
        filterby = filterby if filterby in filters else "all"
        sortby = sortby if sortby in sortings else "date"
        domain = self._get_requests_domain() & filters[filterby]["domain"]
        if search:
            domain &= Domain("number", "ilike", search) | Domain(
                "name", "ilike", search
            )
        tickets = request.env["ntr.ticket"]
        pager = portal_pager(
            url="/my/requests",
            url_args={"sortby": sortby, "filterby": filterby, "search": search},
            total=tickets.search_count(domain),
            page=page,
            step=REQUESTS_PER_PAGE,
        )
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="ntr_requests",
            default_url="/my/requests",
            requests=tickets.search(
                domain,
                order=sortings[sortby]["order"],
                limit=REQUESTS_PER_PAGE,
                offset=pager["offset"],
            ),
            pager=pager,
            searchbar_filters=filters,
            filterby=filterby,
            searchbar_sortings=sortings,
            sortby=sortby,
            searchbar_inputs={
                "all": {"input": "all", "label": request.env._("Search in requests")}
            },
            search_in="all",
            search=search,
        )
        return request.render("helpdesk_ntr.portal_my_requests", values)

    def _get_request_or_none(self, ticket_id):
        try:
            return self._document_check_access("ntr.ticket", ticket_id)
        except (AccessError, MissingError):
            return None

    @route("/my/requests/<int:ticket_id>", type="http", auth="user", website=True)
    def portal_my_request(self, ticket_id, **kw):
        """One request: the full text, its course, the conversation."""
        ticket_sudo = self._get_request_or_none(ticket_id)
        if not ticket_sudo:
            return request.redirect("/my/requests")
        return request.render(
            "helpdesk_ntr.portal_my_request", self._get_request_values(ticket_sudo)
        )

    def _get_request_values(self, ticket_sudo, **kwargs):
        values = self._get_page_view_values(
            ticket_sudo, None, {"page_name": "ntr_request"}, "my_requests_history", True
        )
        values.update(
            ticket=ticket_sudo, steps=self._get_request_steps(ticket_sudo), **kwargs
        )
        return values

    def _get_request_steps(self, ticket_sudo):
        """The course of a request in the client's words.

        :return: list of (label, whether it is reached, whether it is now)
        """
        if ticket_sudo.state == "cancelled":
            return [(request.env._("Cancelled"), True, True)]
        order = ("new", "open", "solved", "closed")
        labels = (
            request.env._("Received"),
            request.env._("In work"),
            request.env._("Solved"),
            request.env._("Closed"),
        )
        state = "open" if ticket_sudo.state == "waiting" else ticket_sudo.state
        now = order.index(state)
        return [
            (label, place <= now, place == now) for place, label in enumerate(labels)
        ]

    @route(
        "/my/requests/<int:ticket_id>/<string:verb>",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_request_verb(self, ticket_id, verb, reason=None, **kw):
        """Confirm, reject or reopen a request of one's own."""
        ticket_sudo = self._get_request_or_none(ticket_id)
        if not ticket_sudo or verb not in ("confirm", "reject", "reopen"):
            return request.redirect("/my/requests")
        ticket = request.env["ntr.ticket"].browse(ticket_id)
        try:
            if verb == "confirm":
                ticket.confirm()
            elif verb == "reject":
                ticket.reject_solution(reason)
            else:
                ticket.reopen(reason)
        except UserError as error:
            return request.render(
                "helpdesk_ntr.portal_my_request",
                self._get_request_values(
                    ticket_sudo, error=str(error), reason=reason, verb=verb
                ),
            )
        return request.redirect(f"/my/requests/{ticket_id}")
