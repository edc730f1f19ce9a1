from odoo.tests import TransactionCase, new_test_user


class ContractCase(TransactionCase):
    """The cast: one user per role, a client firm with a contact, a supplier."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(lang="en_US").env
        cls.company = cls.env.company
        cls.company.resource_calendar_id.tz = "Europe/Moscow"
        for role in (
            "engineer",
            "dispatcher",
            "coordinator",
            "admin",
            "finance",
            "author",
            "external",
        ):
            user = new_test_user(
                cls.env,
                f"{role}@contract.example",
                groups=f"helpdesk_ntr.group_{role}",
                name=role.capitalize(),
            )
            setattr(cls, role, user)
        cls.employee = new_test_user(
            cls.env, "employee@contract.example", groups="base.group_user"
        )
        cls.portal = new_test_user(
            cls.env, "portal@contract.example", groups="base.group_portal"
        )
        cls.client = cls.env["res.partner"].create(
            {"name": "Client Ltd", "is_company": True}
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Anna", "parent_id": cls.client.id}
        )
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Supplier Ltd", "is_company": True}
        )

    @classmethod
    def make_contract(cls, user=None, **values):
        return (
            cls.env["ntr.contract"]
            .with_user(user or cls.finance)
            .create(
                {
                    "name": "Maintenance",
                    "partner_id": cls.contact.id,
                    "date_start": "2026-01-01",
                    **values,
                }
            )
        )

    @classmethod
    def make_active(cls, **values):
        contract = cls.make_contract(**values)
        contract.activate()
        return contract
