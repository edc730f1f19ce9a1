{
    "name": "Help Desk NTR: Contracts",
    "summary": "Service contracts with clients and with suppliers: period, state, "
    "who answers for them",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "author": "NTR Service",
    "license": "LGPL-3",
    "depends": ["helpdesk_ntr"],
    "data": [
        "security/ir.model.access.csv",
        "security/ntr_contract_security.xml",
        "data/ir_sequence_data.xml",
        "data/ir_cron_data.xml",
        "wizards/ntr_contract_reason_wizard_views.xml",
        "views/ntr_contract_views.xml",
        "views/res_partner_views.xml",
        "views/helpdesk_sla_menus.xml",
    ],
    "demo": ["demo/ntr_contract_demo.xml"],
}
