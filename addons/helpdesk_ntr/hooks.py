from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


def uninstall_hook(env):
    """Take along what would point at models that are gone: mailboxes of teams, and what
    the first steps remember of their samples."""
    env = env(context={MODULE_UNINSTALL_FLAG: True, "active_test": False})
    # PostgreSQL looks again at all links of a ticket once one of them was emptied
    env.cr.execute(
        "UPDATE ntr_ticket SET team_id = NULL, line_id = NULL, recurring_work_id = NULL"
    )
    env.invalidate_all()
    env["ntr.recurring.work"].search([]).unlink()
    env["ntr.team"].search([]).unlink()
    env["ir.model.data"].search([("module", "=", "__helpdesk_samples__")]).unlink()
