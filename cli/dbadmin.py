"""Databases: listing, copying, renaming, dropping. Runs in the virtual environment.

    python -m cli.dbadmin '{"host": …}' FUNCTION ARGUMENT…

A database that ./helpdesk made carries a comment that says so; no other is ever
changed or dropped.
"""

import json
import os
import sys
from contextlib import closing, suppress

import psycopg2
from psycopg2 import sql

MARK = "helpdesk suite "


def connect(endpoint, database="postgres"):
    """Return a connection that commits each statement."""
    values = {name: value for name, value in endpoint.items() if value}
    connection = psycopg2.connect(dbname=database, connect_timeout=10, **values)
    connection.autocommit = True
    return connection


def _execute(endpoint, statement, *names):
    with closing(connect(endpoint)) as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def server_version(endpoint):
    """Return the version number of the server, as 150018."""
    with closing(connect(endpoint)) as connection:
        return connection.server_version


def marks(endpoint):
    """Return {database: what we noted when we made it}, None for foreign ones."""
    query = """
        SELECT datname, shobj_description(oid, 'pg_database')
          FROM pg_database
         WHERE NOT datistemplate
    """
    with closing(connect(endpoint)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return {name: _read_mark(comment) for name, comment in cursor.fetchall()}


def _read_mark(comment):
    if not (comment or "").startswith(MARK):
        return None
    return json.loads(comment[len(MARK) :])


def mark(endpoint, database, note):
    """Note something about a database that we made."""
    with closing(connect(endpoint)) as connection, connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("COMMENT ON DATABASE {} IS %s").format(sql.Identifier(database)),
            [MARK + json.dumps(note)],
        )


def create(endpoint, database, note=None):
    """Make an empty database with a note of ours."""
    _execute(
        endpoint,
        "CREATE DATABASE {} ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE template0",
        database,
    )
    mark(endpoint, database, note or _note_of_a_copy())
    extend(endpoint, database)


def extend(endpoint, database):
    """Add what Odoo makes its indexes for searching inside of texts with.

    Odoo adds it to the databases that it makes itself. Where we may not, it searches
    without them.
    """
    with (
        closing(connect(endpoint, database)) as connection,
        connection.cursor() as cursor,
        suppress(psycopg2.Error),
    ):
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")


def copy(endpoint, source, database, note=None):
    """Make a copy of a database; who is connected to the source is cut off."""
    disconnect(endpoint, source)
    _execute(endpoint, "CREATE DATABASE {} TEMPLATE {}", database, source)
    mark(endpoint, database, note or _note_of_a_copy())


def _note_of_a_copy():
    """Return the note by which ./helpdesk drops what a killed program left."""
    return {"state": "copy", "home": os.environ.get("HELPDESK_TAG", "")}


def disconnect(endpoint, database):
    """Cut the connections to a database."""
    with closing(connect(endpoint)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid != pg_backend_pid()",
            [database],
        )


def rename(endpoint, database, name):
    """Rename a database."""
    disconnect(endpoint, database)
    _execute(endpoint, "ALTER DATABASE {} RENAME TO {}", database, name)


def drop(endpoint, database):
    """Drop a database that we made."""
    if marks(endpoint).get(database) is None:
        raise ValueError(f"{database} was not made by ./helpdesk")
    disconnect(endpoint, database)
    _execute(endpoint, "DROP DATABASE IF EXISTS {}", database)


def main(arguments):
    endpoint, function, *rest = arguments
    functions = (server_version, marks, mark, create, extend, copy, rename, drop)
    call = {function.__name__: function for function in functions}[function]
    rest = [json.loads(value) for value in rest]
    print(json.dumps(call(json.loads(endpoint), *rest)))


if __name__ == "__main__":
    main(sys.argv[1:])
