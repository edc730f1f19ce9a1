from cli.logcheck import find_at_install, find_ours

LOG = """\
2026-01-02 03:04:05,678 12 INFO db odoo.addons.helpdesk_ntr.models: fine
2026-01-02 03:04:05,678 12 WARNING db odoo.addons.helpdesk_ntr.models: ours
2026-01-02 03:04:05,678 12 ERROR db odoo.http: Exception during request
Traceback (most recent call last):
  File "addons/helpdesk_sla/models/sla.py", line 1, in f
ValueError: no
2026-01-02 03:04:05,678 12 WARNING db odoo.models: field ntr.ticket.name is odd
2026-01-02 03:04:05,678 12 WARNING db odoo.addons.mail.models: not ours
2026-01-02 03:04:05,678 12 ERROR helpdesk_ntr odoo.sql_db: the database's name
""".splitlines(keepends=True)
ADDONS = ["helpdesk_ntr", "helpdesk_sla"]


def test_ours_by_logger_traceback_and_model():
    found = find_ours(LOG, ADDONS)

    assert [entry.logger for entry in found] == [
        "odoo.addons.helpdesk_ntr.models",
        "odoo.http",
        "odoo.models",
    ]
    assert "ValueError: no" in str(found[1])


def test_at_install_every_warning_counts_unless_allowed():
    assert len(find_at_install(LOG)) == 5
    allowed = [(r"odoo\.addons\.mail\.", "cannot be changed here")]
    assert len(find_at_install(LOG, allowed)) == 4
