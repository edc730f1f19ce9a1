from odoo import http
from odoo.http import request

from odoo.addons.mail.controllers.thread import ThreadController


class HelpdeskThreadController(ThreadController):
    @http.route()
    def mail_message_post(
        self, thread_model, thread_id, post_data, context=None, **kwargs
    ):
        """Which canned answers went out is known here and nowhere later."""
        result = super().mail_message_post(
            thread_model, thread_id, post_data, context=context, **kwargs
        )
        answer_ids = kwargs.get("canned_response_ids")
        if thread_model == "ntr.ticket" and answer_ids:
            message = request.env["mail.message"].browse(result["message_id"])
            ticket = request.env["ntr.ticket"].browse(message.sudo().res_id)
            ticket._on_canned_answers(message, answer_ids)
        return result
