from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

GROUP_COORDINATOR = "helpdesk_ntr.group_coordinator"
GROUP_FINANCE = "helpdesk_ntr.group_finance"


class NtrContract(models.Model):
    """A service contract: what we owe a client, or a supplier owes us, and when."""

    _name = "ntr.contract"
    _description = "Service contract"
    _inherit = ["ntr.verb.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, id desc"
    _rec_names_search = ["number", "name"]
    _check_company_auto = True

    # Between whom
    number = fields.Char(readonly=True, copy=False, default="/")
    name = fields.Char("Subject", required=True, tracking=True)
    party = fields.Selection(
        [("client", "Client"), ("supplier", "Supplier")],
        "Contract with",
        required=True,
        default="client",
        tracking=True,
        help="Client: we promise him something. Supplier: he promises it to us.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        required=True,
        tracking=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        "Firm",
        compute="_compute_commercial_partner_id",
        store=True,
        precompute=True,
        index=True,
        help="The firm of the contact when the contract was made: a contact who "
        "changes employer leaves it with the old firm.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self._default_company_id(),
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        tracking=True,
        index="btree_not_null",
        check_company=True,
        domain=[("share", "=", False)],
        default=lambda self: self._default_user_id(),
    )
    note = fields.Html()

    # When
    date_start = fields.Date(
        "Start",
        required=True,
        tracking=True,
        default=lambda self: self._default_date_start(),
    )
    date_end = fields.Date(
        "End",
        tracking=True,
        copy=False,
        help="The last day of the contract. Empty: it holds until it is cancelled.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("suspended", "Suspended"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )

    _number_uniq = models.Constraint("UNIQUE(number)", "This number is taken.")
    _period_check = models.Constraint(
        "CHECK(date_end >= date_start)",
        "A contract cannot end before it starts. Correct its start or its end.",
    )
    _current_idx = models.Index(
        "(date_start DESC, id DESC) WHERE state IN ('draft', 'active', 'suspended')"
    )
    _active_end_idx = models.Index(
        "(date_end) WHERE state = 'active' AND date_end IS NOT NULL"
    )

    # ------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------

    def _default_company_id(self):
        return self.env.company

    def _default_user_id(self):
        return self.env.user if self.env.user._is_internal() else False

    def _default_date_start(self):
        return self._get_today(self.env.company)

    @api.depends("partner_id")
    def _compute_commercial_partner_id(self):
        for contract in self:
            contract.commercial_partner_id = contract.partner_id.commercial_partner_id

    @api.depends("number", "name")
    def _compute_display_name(self):
        for contract in self:
            contract.display_name = f"[{contract.number}] {contract.name}"

    @api.model
    def _get_today(self, company):
        """The date on the calendar of a company: its contracts end at its midnight."""
        zone = company.sudo().resource_calendar_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    # ------------------------------------------------------------
    # Doors: create, write, delete
    # ------------------------------------------------------------

    @api.model
    def _get_derived_fields(self):
        return super()._get_derived_fields() | {
            "number",
            "state",
            "commercial_partner_id",
        }

    @api.model
    def _get_derived_sentence(self):
        return self.env._(
            "%s cannot be set by hand. Use the buttons to activate, suspend or cancel "
            "a contract; its number and its firm fill themselves in."
        )

    @api.model
    def _get_fixed_fields(self):
        """Fields that do not change any more once a contract was in force."""
        return {"party", "partner_id", "company_id"}

    def _refuse_fixed(self, vals):
        """Refuse another side for contracts that were in force already."""
        names = self._get_fixed_fields().intersection(vals)
        for contract in self.filtered(lambda contract: contract.state != "draft"):
            old = contract._convert_to_write({name: contract[name] for name in names})
            refused = {name for name in names if old[name] != vals[name]}
            if refused:
                raise UserError(
                    self.env._(
                        "%(number)s was in force already: %(fields)s cannot be "
                        "changed. Cancel it and make a new contract.",
                        number=contract.number,
                        fields=self._get_field_labels(refused),
                    )
                )

    def _create_values(self, vals_list):
        sequence = self.env["ir.sequence"].sudo()
        return super()._create_values(
            [
                {
                    "number": sequence.next_by_code("ntr.contract"),
                    "state": "draft",
                    **vals,
                }
                for vals in vals_list
            ]
        )

    def write(self, vals):
        self._refuse_fixed(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        for contract in self:
            if contract.state != "draft":
                raise UserError(
                    self.env._(
                        "%s is no draft any more and cannot be deleted: what was "
                        "promised must stay on record. Cancel it and say why.",
                        contract.number,
                    )
                )

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", contract.name))
            for contract, vals in zip(
                self, super().copy_data(default=default), strict=True
            )
        ]

    # ------------------------------------------------------------
    # Verbs
    # ------------------------------------------------------------

    @api.model
    def _get_verb_groups(self, verb):
        return (GROUP_FINANCE, GROUP_COORDINATOR)

    @api.model
    def _get_verb_refusal(self):
        return self.env._(
            "Only finance and coordinators may do that with a contract. Ask one of "
            "them, or the administrator for the right."
        )

    def activate(self):
        """Put contracts into force: drafts, suspended ones, and expired ones whose
        end was moved.

        :return: True
        :raises UserError: it is not possible; it says why
        """
        self._check_verb("activate")
        self._require_state(
            ("draft", "suspended", "expired"),
            self.env._(
                "%s cannot be activated: it is in force already, or it is cancelled."
            ),
        )
        for contract in self:
            blockers = contract._get_activate_blockers()
            if blockers:
                raise UserError(
                    self.env._(
                        "%(number)s cannot be activated yet. %(reasons)s",
                        number=contract.number,
                        reasons=" ".join(blockers),
                    )
                )
        return self._write_values({"state": "active"})

    def _get_activate_blockers(self):
        """Sentences that say why this contract cannot be put into force; extensions
        add theirs."""
        self.ensure_one()
        if self.date_end and self.date_end < self._get_today(self.company_id):
            return [self.env._("Its last day is over: set a later end.")]
        return []

    def suspend(self, reason):
        """Take contracts out of force for a while.

        :param str reason: why; not empty
        :return: True
        """
        self._check_verb("suspend")
        reason = self._require_reason(reason)
        self._require_state(
            ("active",),
            self.env._("%s is not in force, so there is nothing to suspend."),
        )
        self._write_values({"state": "suspended"})
        return self._post_reason(reason)

    def cancel(self, reason):
        """End contracts for good, before their time.

        :param str reason: why; not empty
        :return: True
        """
        self._check_verb("cancel")
        reason = self._require_reason(reason)
        self._require_state(
            ("draft", "active", "suspended"),
            self.env._("%s has ended already, so there is nothing to cancel."),
        )
        self._write_values({"state": "cancelled"})
        return self._post_reason(reason)

    def _post_reason(self, reason):
        """Keep the reason in the history of the contracts, for staff."""
        for contract in self:
            contract.message_post(body=reason, subtype_xmlid="mail.mt_note")
        return True

    def action_activate(self):
        """Button: put into force."""
        self.activate()

    # ------------------------------------------------------------
    # Scheduled
    # ------------------------------------------------------------

    @api.model
    def _cron_expire(self, limit=500):
        """Expire contracts in force whose last day is over, in batches that can be
        cut off."""
        domain = self._get_ended_domain()
        self.env["ir.cron"]._commit_progress(remaining=self.search_count(domain))
        for contract in self.search(domain, limit=limit, order="date_end, id"):
            contract = contract.try_lock_for_update().filtered_domain(domain)
            if contract:
                contract._write_values({"state": "expired"})
            if not self.env["ir.cron"]._commit_progress(1 if contract else 0):
                break

    @api.model
    def _get_ended_domain(self):
        """Contracts in force whose last day is over where their company is."""
        with_end = self._read_group(
            [("state", "=", "active"), ("date_end", "!=", False)], ["company_id"]
        )
        return Domain("state", "=", "active") & Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_end", "<", self._get_today(company))
            for [company] in with_end
        )
