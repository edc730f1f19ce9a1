"""The people and mail servers of the flow; runs in an Odoo shell.

The database may hold the demo or not: everything here is made anew.
"""

from datetime import datetime, timedelta

DOMAIN = "helpdesk.example"
ALIAS = "helpline"
MAILBOX = "helpline"

# login, name, group of the help desk
STAFF = (
    ("dispatcher", "Dina Dispatcher", "group_dispatcher"),
    ("engineer", "Egor Engineer", "group_engineer"),
    ("coordinator", "Clara Coordinator", "group_coordinator"),
    ("director", "Denis Director", "group_director"),
    ("finance", "Fiona Finance", "group_finance"),
    ("author", "Anna Author", "group_author"),
    ("outsider", "Oleg Outsider", "group_external"),
    # An engineer of no team.
    ("stranger", "Stan Stranger", "group_engineer"),
)
# login, name, company, language
CLIENTS = (
    ("ivan", "Ivan Petrov", "Kolibri OOO", "ru_RU"),
    ("emma", "Emma Stone", "Falcon Ltd", "en_US"),
)
# Who logs in by a browser; a password costs the server half a second.
WITH_PASSWORD = ("dispatcher", "engineer", "director", "emma")


def email_of(login):
    domains = {"ivan": "kolibri.example", "emma": "falcon.example"}
    return f"{login}@{domains.get(login, 'staff.example')}"


def login_of(login):
    """Logins of the tests' own, so that none meets one of the demo."""
    return f"e2e-{login}"


def password_of(login):
    return f"e2e-{login}-password"


def credentials_of(login):
    return login_of(login), password_of(login)


def set_up(env, imap_port=None, smtp_port=None):
    """Make the cast and return what the tests need to know of it."""
    for code in ("en_US", "ru_RU"):
        env["res.lang"]._activate_lang(code)
    env = env(context=dict(env.context, lang="en_US", no_reset_password=True))
    company = env.ref("base.main_company")
    domain = env["mail.alias.domain"].create({"name": DOMAIN})
    company.alias_domain_id = domain
    users = {login: _make_user(env, *row) for login, *row in _staff_rows()}
    users |= {login: _make_client(env, *row) for login, *row in _client_rows()}
    team = _make_team(env, domain, users)
    if imap_port:
        _make_mail_servers(env, imap_port, smtp_port)
    users["admin"] = env.ref("base.user_admin")
    return {
        "team_id": team.id,
        "team": team.name,
        "address": team.alias_email,
        "line_ids": {line.name: line.id for line in team.line_ids},
        "category_id": env["ntr.ticket.category"].create({"name": "E2E drives"}).id,
        "users": {login: user.id for login, user in users.items()},
        "partners": {login: user.partner_id.id for login, user in users.items()},
        "keys": {login: _make_key(env, user) for login, user in users.items()},
    }


def _staff_rows():
    for login, name, group in STAFF:
        yield login, login, name, f"helpdesk_ntr.{group}"


def _client_rows():
    for row in CLIENTS:
        yield row[0], *row


def _make_user(env, login, name, group, **values):
    if login in WITH_PASSWORD:
        values["password"] = password_of(login)
    return env["res.users"].create(
        {
            "name": name,
            "login": login_of(login),
            "email": email_of(login),
            "lang": "en_US",
            "tz": "Europe/Moscow",
            "notification_type": "email",
            "group_ids": [(6, 0, [env.ref(group).id])],
            **values,
        }
    )


def _make_client(env, login, name, firm, lang):
    company = env["res.partner"].create({"name": firm, "is_company": True})
    partner = env["res.partner"].create(
        {
            "name": name,
            "email": email_of(login),
            "lang": lang,
            "parent_id": company.id,
        }
    )
    return _make_user(
        env, login, name, "base.group_portal", partner_id=partner.id, lang=lang
    )


def _make_team(env, domain, users):
    team = env["ntr.team"].create(
        {
            "name": "E2E Helpline",
            "alias_name": ALIAS,
            "alias_domain_id": domain.id,
            "coordinator_id": users["coordinator"].id,
        }
    )
    # The lowest line has nobody: mail goes to the next one.
    lines = (
        ("Reception", "1", []),
        ("Operators", "2", [users["dispatcher"].id, users["engineer"].id]),
        ("Experts", "3", [users["engineer"].id]),
    )
    env["ntr.support.line"].create(
        [
            {
                "name": name,
                "level": level,
                "team_id": team.id,
                "member_ids": [(6, 0, members)],
            }
            for name, level, members in lines
        ]
    )
    return team


def _make_mail_servers(env, imap_port, smtp_port):
    env["ir.mail_server"].search([]).active = False
    env["ir.mail_server"].create(
        {
            "name": "E2E sink",
            "smtp_host": "127.0.0.1",
            "smtp_port": smtp_port,
            "smtp_encryption": "none",
            "smtp_authentication": "login",
        }
    )
    env["fetchmail.server"].search([]).active = False
    server = env["fetchmail.server"].create(
        {
            "name": "E2E mailbox",
            "server_type": "imap",
            "server": "127.0.0.1",
            "port": imap_port,
            "is_ssl": False,
            "user": MAILBOX,
            "password": "test",
        }
    )
    server.button_confirm_login()


def _make_key(env, user):
    keys = env(user=user)["res.users.apikeys"].sudo()
    return keys._generate("rpc", "e2e", datetime.now() + timedelta(hours=12))
