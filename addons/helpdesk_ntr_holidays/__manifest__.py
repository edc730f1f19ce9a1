{
    "name": "Help Desk NTR: Time Off",
    "summary": "Tickets are not suggested to colleagues who are on leave",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "author": "NTR Service",
    "license": "LGPL-3",
    "depends": ["helpdesk_ntr", "hr_holidays"],
    "auto_install": True,
}
