"""Many rows made of one: a row is copied by SQL, with values that differ."""


def multiply(cr, table, row_id, first, last, **values):
    """Copy a row of a table, once for each number from first to last.

    :param cr: an open cursor
    :param int row_id: the row that is copied
    :param values: SQL of the columns that differ; ``i`` is the number of the copy
    :return: the id of the first copy; the others follow it
    """
    cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s"
        " AND column_name != 'id' AND is_generated = 'NEVER'",
        [table],
    )
    columns = [name for (name,) in cr.fetchall()]
    unknown = set(values) - set(columns)
    if unknown:
        raise ValueError(f"{table} has no {', '.join(sorted(unknown))}.")
    names = ", ".join(f'"{name}"' for name in columns)
    sources = ", ".join(values.get(name, f'row."{name}"') for name in columns)
    cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {sources} FROM {table} row,"
        f" generate_series({first}, {last}) i WHERE row.id = {row_id} ORDER BY i"
    )
    cr.execute(f"SELECT max(id) - {last - first} FROM {table}")
    return cr.fetchone()[0]
