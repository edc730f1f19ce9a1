from odoo.http import request

from odoo.addons.portal.controllers.mail import MailController


class HelpdeskMailController(MailController):
    @classmethod
    def _redirect_to_record(cls, model, res_id, access_token=None, **kwargs):
        """A colleague who has no rights on tickets sees his own one in his cabinet."""
        user = request.env.user
        if model == "ntr.ticket" and res_id and user._is_internal():
            tickets = request.env[model]
            own = tickets._find_in_cabinet(int(res_id))
            if own and not own.with_user(user).has_access("read"):
                return request.redirect(own.access_url)
        return super()._redirect_to_record(
            model, res_id, access_token=access_token, **kwargs
        )
