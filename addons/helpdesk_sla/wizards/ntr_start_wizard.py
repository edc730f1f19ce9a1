from dateutil.relativedelta import relativedelta

from odoo import api, models


class NtrStartWizard(models.TransientModel):
    """The sample client has a contract."""

    _inherit = "ntr.start.wizard"

    def _make_samples(self, team):
        samples = super()._make_samples(team)
        contracts = self.env["ntr.contract"].with_context(lang=self.lang_id.code).sudo()
        today = contracts._get_today(self.company_id)
        contract = contracts.create(
            {
                "name": contracts.env._("Sample: maintenance of printers"),
                "partner_id": samples["firm"].id,
                "company_id": self.company_id.id,
                "user_id": self.env.uid,
                "date_start": today,
                "date_end": today + relativedelta(years=1, days=-1),
            }
        )
        contract.activate()
        return {**samples, "contract": contract}

    @api.model
    def _get_sample_models(self):
        return ["ntr.contract", *super()._get_sample_models()]

    @api.model
    def _delete_sample(self, record):
        # only drafts can be deleted, because real promises must stay on record
        if record._name == "ntr.contract":
            record._write_values({"state": "draft"})
        return super()._delete_sample(record)
