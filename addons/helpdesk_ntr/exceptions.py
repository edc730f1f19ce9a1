from odoo.exceptions import UserError


class NeedsWords(UserError):
    """A door that cannot ask refuses, and names the wizard that can.

    Like Odoo's ``RedirectWarning``, but a refusal that people meet every day is no
    error for the log, and over the API it reads as any other sentence of ours.
    """

    def __init__(self, message, action_id, button_text, additional_context):
        """
        :param str message: the sentence
        :param int action_id: id of the ``ir.actions.act_window`` of the wizard
        :param str button_text: what the button that opens it says
        :param dict additional_context: context of the wizard
        """
        super().__init__(message)
        self.args = (message, action_id, button_text, additional_context)

    def __str__(self):
        return self.args[0]
