from collections import defaultdict

from odoo import api, fields, models


class NtrCannedUse(models.Model):
    """Which wording of a canned answer a client has got; a row for each time.

    Rows are only added, so that two who answer at once do not wait for each other.
    """

    _name = "ntr.canned.use"
    _description = "Use of a canned answer"

    canned_response_id = fields.Many2one(
        "mail.canned.response", required=True, ondelete="cascade"
    )
    wording_id = fields.Many2one(
        "ntr.canned.wording", ondelete="cascade", index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, index=True, ondelete="cascade"
    )

    _client_idx = models.Index("(canned_response_id, partner_id)")

    @api.model
    def _count_uses(self, answers, client):
        """How often a client got each wording.

        :return: {(id of the answer, id of the wording or False): count}, 0 for others
        """
        counts = defaultdict(int)
        if answers and client:
            for answer, wording, count in self._read_group(
                [
                    ("canned_response_id", "in", answers.ids),
                    ("partner_id", "=", client.id),
                ],
                ["canned_response_id", "wording_id"],
                ["__count"],
            ):
                counts[answer.id, wording.id] = count
        return counts
