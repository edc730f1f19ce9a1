from markupsafe import Markup
from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

# Rows of ir.model.data under this name are no addon's, so no update removes them.
MODULE = "__helpdesk_samples__"
# What is removed first may need what is removed later.
ORDER = (
    "ntr.ticket",
    "mail.canned.response",
    "ntr.equipment",
    "ntr.equipment.model",
    "res.partner",
)


class NtrStartWizard(models.TransientModel):
    """Samples to try the help desk with: made, remembered, removed."""

    _inherit = "ntr.start.wizard"

    # ------------------------------------------------------------
    # Making
    # ------------------------------------------------------------

    def _make_samples(self, team):
        """Hook: make the samples of a team; a higher addon adds its own.

        :param team: one ``ntr.team``
        :return: {name: record}; the names are unique among all addons
        """
        wizard = self.with_context(lang=self.lang_id.code).sudo()
        samples = wizard._make_sample_client()
        samples.update(wizard._make_sample_unit(samples))
        samples.update(wizard._make_sample_tickets(team.sudo(), samples))
        samples.update(wizard._make_sample_answers(team))
        return samples

    def _make_sample_client(self):
        partners = self.env["res.partner"]
        common = {"company_id": self.company_id.id, "lang": self.lang_id.code}
        firm = partners.create(
            {
                **common,
                "name": self.env._("Sample Trading Ltd"),
                "is_company": True,
                "email": "office@client.example",
            }
        )
        contact = partners.create(
            {
                **common,
                "name": self.env._("Anna Sample"),
                "parent_id": firm.id,
                "email": "anna@client.example",
            }
        )
        return {"firm": firm, "contact": contact}

    def _make_sample_unit(self, samples):
        model = self.env["ntr.equipment.model"].create(
            {"name": self.env._("Sample label printer LP-200")}
        )
        unit = self.env["ntr.equipment"].create(
            {
                "name": self.env._("Label printer in the store"),
                "model_id": model.id,
                "serial": "SAMPLE-0001",
                "partner_id": samples["firm"].id,
                "company_id": self.company_id.id,
            }
        )
        return {"model": model, "unit": unit}

    def _make_sample_tickets(self, team, samples):
        """One that is new, one in work, one solved."""
        tickets = self.env["ntr.ticket"].with_context(
            ntr_mail_withheld=("acknowledge",)
        )
        channel_id = self.env["ntr.channel"]._get_id("email")
        made = {
            name: tickets._create_tickets(
                [
                    {
                        "name": subject,
                        "description": Markup("<p>%s</p>") % text,
                        "partner_id": samples["contact"].id,
                        "equipment_id": samples["unit"].id,
                        "team_id": team.id,
                        "channel_id": channel_id,
                        "is_sample": True,
                    }
                ]
            )
            for name, (subject, text) in self._get_sample_requests().items()
        }
        # the verbs themselves would ask for what the team requires of real tickets
        made["ticket_open"]._move(
            "taken",
            "open",
            {"user_id": self.env.uid, "assigned_at": fields.Datetime.now()},
        )
        cause = self.env["ntr.ticket.cause"].search(
            [("team_ids", "in", [False, team.id])], limit=1
        )
        solution = self.env._("Ribbon 110 mm × 74 m, wax. Two rolls are on their way.")
        made["ticket_solved"]._solve(
            {"solution": Markup("<p>%s</p>") % solution, "cause_id": cause.id}
        )
        return made

    def _get_sample_requests(self):
        """{name: (subject, text)} of the sample tickets."""
        return {
            "ticket_new": (
                self.env._("Sample: labels come out blank"),
                self.env._("Since this morning the labels are white. What can we do?"),
            ),
            "ticket_open": (
                self.env._("Sample: the printer does not find the network"),
                self.env._("After a power cut it does not print from the computer."),
            ),
            "ticket_solved": (
                self.env._("Sample: which ribbon fits?"),
                self.env._("We are out of ribbon. Which one shall we order?"),
            ),
        }

    def _make_sample_answers(self, team):
        answers = {
            "answer_begun": (
                self.env._("sample-begun"),
                self.env._("Thank you, we have begun. We write here how it goes."),
            ),
            "answer_photo": (
                self.env._("sample-photo"),
                self.env._("Please send us a photo of the display and of a label."),
            ),
        }
        return {
            name: self.env["mail.canned.response"].create(
                {
                    "source": shortcut,
                    "substitution": text,
                    "ntr_team_ids": [team.id],
                }
            )
            for name, (shortcut, text) in answers.items()
        }

    # ------------------------------------------------------------
    # Remembering
    # ------------------------------------------------------------

    def _remember_samples(self, samples):
        self.env["ir.model.data"].sudo().create(
            [
                {
                    "module": MODULE,
                    "name": f"{self.company_id.id}_{name}",
                    "model": record._name,
                    "res_id": record.id,
                    "noupdate": True,
                }
                for name, record in samples.items()
            ]
        )

    def _get_samples(self):
        """{model: records} of this company's samples that are still there."""
        rows = (
            self.env["ir.model.data"]
            .sudo()
            .search(
                [
                    ("module", "=", MODULE),
                    ("name", "=like", f"{self.company_id.id}\\_%"),
                ]
            )
        )
        samples = {}
        for row in rows:
            if row.model in self.env:
                samples.setdefault(row.model, []).append(row.res_id)
        return {
            model: self.env[model].sudo().with_context(active_test=False).browse(ids)
            for model, ids in samples.items()
            if self.env[model].sudo().browse(ids).exists()
        }

    # ------------------------------------------------------------
    # Removing
    # ------------------------------------------------------------

    def action_remove_samples(self):
        """Button: remove the samples, and say what was kept and why."""
        self.ensure_one()
        self._check_right(self.company_id)
        kept = self._remove_samples()
        self.sudo().removal = "\n".join(kept) or self.env._("The samples are removed.")
        self.sudo().with_samples = False
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("First steps"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "large"},
        }

    def _remove_samples(self):
        """Remove what nobody has put to use.

        :return: sentences that say what was kept and why
        """
        samples = self._get_samples()
        going = {model: set(records.exists().ids) for model, records in samples.items()}
        sentences = []
        for record in self._get_removal_order(samples):
            user = self._find_use(record, going)
            if user is None and self._remove_sample(record):
                continue
            going[record._name].discard(record.id)
            sentences.append(self._get_kept_sentence(record, user))
        return sentences

    @api.model
    def _get_sample_models(self):
        """Models of samples, in the order in which they are removed; a higher addon
        puts its own where it belongs."""
        return list(ORDER)

    @api.model
    def _get_removal_order(self, samples):
        order = self._get_sample_models()
        known = [model for model in order if model in samples]
        for model in [*(model for model in samples if model not in order), *known]:
            # a contact goes before its firm, which was made before it
            yield from samples[model].exists().sorted("id", reverse=True)

    @api.model
    def _remove_sample(self, record):
        """Delete one sample; False where the database does not let it go."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self._delete_sample(record)
        except (IntegrityError, UserError):
            return False
        return True

    @api.model
    def _delete_sample(self, record):
        """Hook: delete one sample past what protects real records."""
        if record._name == "ntr.ticket":
            record._remove_samples()
        else:
            record.unlink()

    @api.model
    def _get_kept_sentence(self, record, user):
        if user is None:
            return self.env._("“%s” is kept: it is in use.", record.display_name)
        return self.env._(
            "“%(sample)s” is kept, because “%(record)s” (%(kind)s) needs it.",
            sample=record.display_name,
            record=user.display_name,
            kind=self.env["ir.model"]._get(user._name).sudo().name,
        )
