def uninstall_hook(env):
    """Take the mailboxes along: an alias must not point at a model that is gone."""
    env["ntr.team"].with_context(active_test=False).search([]).unlink()
