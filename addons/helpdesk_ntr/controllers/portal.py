from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

REQUESTS_PER_PAGE = 40


class HelpdeskPortal(CustomerPortal):
    """The requests of whoever is logged in: a client, or an employee of ours."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "ntr_request_count" in counters:
            tickets = request.env["ntr.ticket"]
            values["ntr_request_count"] = tickets._get_cabinet().search_count(
                self._get_requests_domain()
            )
        return values

    # ------------------------------------------------------------
    # The list
    # ------------------------------------------------------------

    def _get_requests_domain(self):
        """What stands in the list of requests; record rules of clients come on top."""
        return request.env["ntr.ticket"]._get_cabinet_domain()

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
        filterby = filterby if filterby in self._get_request_filters() else "all"
        sortby = sortby if sortby in self._get_request_sortings() else "date"
        values = self._prepare_portal_layout_values()
        values.update(self._get_requests_searchbar(filterby, sortby, search))
        values.update(self._get_requests_page(page, filterby, sortby, search))
        return request.render("helpdesk_ntr.portal_my_requests", values)

    def _get_requests_searchbar(self, filterby, sortby, search):
        """What the bar above the list shows, for ``portal.portal_searchbar``."""
        return {
            "page_name": "ntr_requests",
            "default_url": "/my/requests",
            "searchbar_filters": self._get_request_filters(),
            "filterby": filterby,
            "searchbar_sortings": self._get_request_sortings(),
            "sortby": sortby,
            "searchbar_inputs": {
                "all": {"input": "all", "label": request.env._("Search in requests")}
            },
            "search_in": "all",
            "search": search,
        }

    def _get_requests_page(self, page, filterby, sortby, search):
        """The requests of one page of the list, and the pager under it."""
        tickets = request.env["ntr.ticket"]._get_cabinet()
        domain = self._get_found_domain(filterby, search)
        pager = portal_pager(
            url="/my/requests",
            url_args={"sortby": sortby, "filterby": filterby, "search": search},
            total=tickets.search_count(domain),
            page=page,
            step=REQUESTS_PER_PAGE,
        )
        found = tickets.search(
            domain,
            order=self._get_request_sortings()[sortby]["order"],
            limit=REQUESTS_PER_PAGE,
            offset=pager["offset"],
        )
        return {"requests": found, "pager": pager}

    def _get_found_domain(self, filterby, search):
        """What of the list is asked for by filter and search words."""
        domain = self._get_requests_domain()
        domain &= self._get_request_filters()[filterby]["domain"]
        if search:
            domain &= Domain("number", "ilike", search) | Domain(
                "name", "ilike", search
            )
        return domain

    # ------------------------------------------------------------
    # One request
    # ------------------------------------------------------------

    @route("/my/requests/<int:ticket_id>", type="http", auth="user", website=True)
    def portal_my_request(self, ticket_id, **kw):
        """One request: the full text, its course, the conversation."""
        tickets = request.env["ntr.ticket"]
        ticket_sudo = tickets._find_in_cabinet(ticket_id)
        if not ticket_sudo:
            return request.redirect("/my/requests")
        master_sudo = ticket_sudo._get_master()
        if master_sudo != ticket_sudo and tickets._find_in_cabinet(master_sudo.id):
            return request.redirect(f"/my/requests/{master_sudo.id}")
        return self._render_request(ticket_sudo)

    def _render_request(self, ticket_sudo, **values):
        return request.render(
            "helpdesk_ntr.portal_my_request",
            self._get_request_values(ticket_sudo, **values),
        )

    def _get_request_values(self, ticket_sudo, **kwargs):
        values = self._get_page_view_values(
            ticket_sudo, None, {"page_name": "ntr_request"}, "my_requests_history", True
        )
        values.update(
            ticket=ticket_sudo,
            steps=self._get_request_steps(ticket_sudo),
            # Odoo's conversation asks for rights on the ticket
            is_employee=not request.env.user.share,
            **kwargs,
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
        """Confirm, reject, reopen or withdraw a request of one's own."""
        ticket_sudo = request.env["ntr.ticket"]._find_in_cabinet(ticket_id)
        if not ticket_sudo or verb not in ticket_sudo._get_client_answers():
            return request.redirect("/my/requests")
        try:
            ticket_sudo._answer_as_client(verb, reason)
        except UserError as error:
            return self._render_request(
                ticket_sudo, error=str(error), reason=reason, verb=verb
            )
        return request.redirect(f"/my/requests/{ticket_id}")

    @route(
        "/my/requests/<int:ticket_id>/rate",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_request_rate(self, ticket_id, **kw):
        """Go to the page where the contact of a closed request rates our work."""
        ticket_sudo = request.env["ntr.ticket"]._find_in_cabinet(ticket_id)
        if not ticket_sudo or not ticket_sudo._is_rateable():
            return request.redirect("/my/requests")
        token = ticket_sudo._rating_get_access_token(request.env.user.partner_id)
        return request.redirect(f"/rate/{token}/5")
