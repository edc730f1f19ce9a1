"""Counting and recording the SQL statements of a piece of work.

The counter is the one that Odoo's cursor keeps for the whole process, so it knows the
statements of every cursor, whoever opened it, savepoints included. COMMIT is not a
statement of the cursor and is not counted.
"""

import re
import threading
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from odoo import sql_db

# Frames that tell nothing about who wanted a statement.
_PLUMBING = (
    "/odoo/orm/",
    "/odoo/sql_db",
    "/odoo/tools/",
    "/odoo/api/",
    "<frozen",
    f"{Path(__file__).parent}/",
)
_TABLES = (
    (r"^\s*INSERT INTO \"?(\w+)", "INSERT"),
    (r"^\s*UPDATE \"?(\w+)", "UPDATE"),
    (r"^\s*DELETE FROM \"?(\w+)", "DELETE"),
    (r"^\s*(?:RELEASE |ROLLBACK TO )?SAVEPOINT", "SAVEPOINT"),
    (r"\bFROM \"?(\w+)", "SELECT"),
)


@dataclass
class Work:
    """What a piece of work cost."""

    seconds: float = 0.0
    statements: int = 0


@contextmanager
def measured():
    """Yield a Work that is filled in when the block ends."""
    work = Work()
    before = sql_db.sql_counter
    start = time.perf_counter()
    yield work
    work.seconds = time.perf_counter() - start
    work.statements = sql_db.sql_counter - before


@dataclass
class Statement:
    """One statement: its text, what it does to which table, and who wanted it."""

    text: str
    caller: str
    shape: str = field(init=False)

    def __post_init__(self):
        self.shape = get_shape(self.text)


def get_shape(text):
    """Return a statement's verb and table: ``SELECT res_partner``."""
    for pattern, verb in _TABLES:
        match = re.search(pattern, text, re.IGNORECASE)
        if match:
            return " ".join([verb, *match.groups()])
    return " ".join(text.split()[:2])


@contextmanager
def recorded():
    """Yield the list of statements that this thread runs in the block."""
    statements = []

    def hook(cursor, query, params, _start, _delay):
        text = " ".join(cursor._format(query, params).split())
        statements.append(Statement(text, _find_caller()))

    thread = threading.current_thread()
    hooks = list(getattr(thread, "query_hooks", ()))
    thread.query_hooks = [*hooks, hook]
    try:
        yield statements
    finally:
        thread.query_hooks = hooks


def _find_caller():
    """Return the nearest frames above the ORM: ``file.py:12 method``."""
    frames = [
        frame
        for frame in traceback.extract_stack()
        if not any(part in frame.filename for part in _PLUMBING)
    ]
    return " < ".join(
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in reversed(frames[-3:])
    )
