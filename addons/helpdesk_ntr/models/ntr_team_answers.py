from odoo import api, fields, models


class NtrTeam(models.Model):
    """How this team writes to clients."""

    _inherit = "ntr.team"  # pylint: disable=consider-merging-classes-inherited

    greeting = fields.Char(
        translate=True,
        help="Stands above the answer of a colleague in the mail to the client, unless "
        "he greeted himself. Variables can be used, like {first name}.",
    )
    is_answer_checked = fields.Boolean(
        "Remind before sending",
        default=True,
        help="Below an answer that is being written stands what it should say: the "
        "deadline, how to avoid the trouble, thanks. It never stops anybody.",
    )
    question_id = fields.Many2one(
        "mail.canned.response",
        "Asking for data",
        domain=[("is_shared", "=", True)],
        index="btree_not_null",
        ondelete="set null",
        help="The canned answer that “Ask the client” begins with.",
    )

    @api.constrains("greeting")
    def _check_greeting(self):
        for team in self:
            self.env["mail.canned.response"]._refuse_unknown_variables(team.greeting)
