from odoo.tests import TransactionCase, new_test_user


class ArticleCase(TransactionCase):
    """The cast: one user per role, a tree of categories."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(lang="en_US").env
        for role in (
            "engineer",
            "coordinator",
            "director",
            "admin",
            "finance",
            "author",
            "external",
        ):
            user = new_test_user(
                cls.env,
                f"{role}@article.example",
                groups=f"helpdesk_ntr.group_{role}",
                name=role.capitalize(),
            )
            setattr(cls, role, user)
        cls.employee = new_test_user(
            cls.env, "employee@article.example", groups="base.group_user"
        )
        cls.portal = new_test_user(
            cls.env, "portal@article.example", groups="base.group_portal"
        )
        cls.printers, cls.scanners = cls.env["ntr.article.category"].create(
            [{"name": "Printers"}, {"name": "Scanners"}]
        )
        cls.label_printers = cls.env["ntr.article.category"].create(
            {"name": "Label printers", "parent_id": cls.printers.id}
        )

    @classmethod
    def make_article(cls, user=None, **values):
        return (
            cls.env["ntr.article"]
            .with_user(user or cls.author)
            .create(
                {
                    "name": "Empty labels after each print",
                    "symptom": "<p>The printer feeds empty labels, error E04.</p>",
                    "solution": "<p>Clean the gap sensor.</p>",
                    **values,
                }
            )
        )

    @classmethod
    def make_published(cls, **values):
        article = cls.make_article(**values)
        article.publish()
        return article
