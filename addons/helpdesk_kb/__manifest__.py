{
    "name": "Help Desk NTR: Knowledge",
    "summary": "Articles that keep what was solved: symptom, cause, solution, "
    "workaround, with a review before publishing and versions",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "author": "NTR Service",
    "license": "LGPL-3",
    "depends": ["helpdesk_ntr", "html_editor"],
    "data": [
        "security/ir.model.access.csv",
        "security/ntr_article_security.xml",
        "views/ntr_article_category_views.xml",
        "views/ntr_article_views.xml",
        "views/helpdesk_kb_menus.xml",
    ],
    "demo": [
        "demo/ntr_article_category_demo.xml",
        "demo/ntr_article_demo.xml",
    ],
    "assets": {
        "web.assets_backend": ["helpdesk_kb/static/src/**/*"],
        "web.assets_tests": ["helpdesk_kb/static/tests/tours/**/*"],
    },
}
