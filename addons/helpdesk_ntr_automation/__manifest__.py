{
    "name": "Help Desk NTR: Automation Rules",
    "summary": "What happens to a ticket starts automation rules of Odoo",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "author": "NTR Service",
    "license": "LGPL-3",
    "depends": ["helpdesk_ntr", "base_automation"],
    "auto_install": True,
    "data": ["views/base_automation_views.xml"],
    "demo": ["demo/base_automation_demo.xml"],
    "assets": {
        "web.assets_backend": [
            "helpdesk_ntr_automation/static/src/trigger_selection/*",
        ],
    },
}
