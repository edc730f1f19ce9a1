from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file


def migrate(cr, version):
    """Bring the record rules of tickets, which an update leaves alone, up to date."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    convert_file(
        env, "helpdesk_ntr", "security/ntr_ticket_security.xml", {}, mode="init"
    )
