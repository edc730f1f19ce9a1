"""A copy of the template database, opened as Odoo opens it, dropped at the end."""

import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from cli import dbadmin
from cli.installation import COPY_PREFIX

NEEDED = ("HELPDESK_ODOO_CONF", "HELPDESK_TEMPLATE_DB")


def configure(log_level="warn"):
    """Read Odoo's configuration, which the environment names."""
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        sys.exit(f"bench: {', '.join(missing)} must be set; run ./helpdesk bench.")
    config.parse_config(
        ["-c", os.environ["HELPDESK_ODOO_CONF"], f"--log-level={log_level}"],
        setup_logging=True,
    )


@contextmanager
def open_copy():
    """Yield the registry of a fresh copy of the template."""
    template = os.environ["HELPDESK_TEMPLATE_DB"]
    name = f"{COPY_PREFIX}bench_{uuid4().hex[:8]}"
    endpoint = _get_endpoint()
    filestore = Path(config.filestore(name))
    dbadmin.copy(endpoint, template, name)
    try:
        if Path(config.filestore(template)).is_dir():
            shutil.copytree(config.filestore(template), filestore)
        yield Registry(name)
    finally:
        odoo.sql_db.close_db(name)
        dbadmin.drop(endpoint, name)
        shutil.rmtree(filestore, ignore_errors=True)


def _get_endpoint():
    return {
        name: os.environ.get(f"HELPDESK_PG_{name.upper()}") or config[f"db_{name}"]
        for name in ("host", "port", "user", "password")
    }


@contextmanager
def open_environment(registry):
    """Yield an environment like that of the action that fetches mail."""
    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
