from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal


class HelpdeskConversation(CustomerPortal):
    """What an employee and we write to each other in his own request.

    Odoo's conversation on the portal needs rights on the ticket and shows a colleague
    internal notes too, so his is made here from what clients may read.
    """

    @route(
        "/my/requests/<int:ticket_id>/message",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_request_message(self, ticket_id, text=None, **kw):
        """Write in a request of one's own, with files."""
        ticket_sudo = request.env["ntr.ticket"]._find_in_cabinet(ticket_id)
        if not ticket_sudo:
            return request.redirect("/my/requests")
        text, files = self._get_plain_text(text), self._get_uploaded_files()
        if files or text:
            message = ticket_sudo._say_as_client(text, files)
            # after closing it may be the first one of a new request
            ticket_id = message.res_id
        return request.redirect(f"/my/requests/{ticket_id}#conversation")

    def _get_plain_text(self, value):
        """What was typed into a field of the form; anybody can post anything."""
        return value.replace("\0", "").strip() if isinstance(value, str) else ""

    def _get_uploaded_files(self):
        """Pairs of name and bytes of what came with the form."""
        files = request.httprequest.files.getlist("files")
        return [(file.filename, file.read()) for file in files if file.filename]

    @route(
        "/my/requests/<int:ticket_id>/files/<int:file_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_request_file(self, ticket_id, file_id, **kw):
        """A file of the conversation, always as a download."""
        ticket_sudo = request.env["ntr.ticket"]._find_in_cabinet(ticket_id)
        files_sudo = ticket_sudo and ticket_sudo._get_client_messages().attachment_ids
        file_sudo = files_sudo and files_sudo.filtered(lambda it: it.id == file_id)
        if not file_sudo:
            return request.redirect("/my/requests")
        stream = request.env["ir.binary"]._get_stream_from(file_sudo, "raw")
        return stream.get_response(as_attachment=True)
