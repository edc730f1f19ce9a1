"""Rules of the fields that a team or a category adds to its tickets.

A field is a dictionary as Odoo reads a property: ``name``, ``string``, ``type``,
``value``, for drop-downs ``selection`` as pairs of key and label. Two keys are ours:
``required_at`` is ``creation`` or ``closing``; ``depends_on`` names another drop-down,
and of a field that has it an option ``"zebra/zd420"`` can be chosen where the other one
is ``"zebra"``. An option without a slash can always be chosen.
"""

MOMENTS = ("creation", "closing")
SEPARATOR = "/"


def get_options(field, values):
    """The options of a drop-down that can be chosen now.

    :param dict field: one field
    :param dict values: {name: value} of all fields beside it
    :return: list of (key, label)
    """
    options = field.get("selection") or []
    parent = field.get("depends_on")
    if not parent:
        return options
    chosen = values.get(parent)
    return [
        option
        for option in options
        if SEPARATOR not in option[0]
        or (chosen and option[0].startswith(f"{chosen}{SEPARATOR}"))
    ]


def is_empty(field):
    """Whether nothing was filled in; zero is a number, an unticked box is empty."""
    value = field.get("value")
    if field["type"] in ("integer", "float", "monetary"):
        return value is None or value is False
    return not value


def get_values(fields):
    """{name: value} of the fields that have one."""
    return {
        field["name"]: field["value"]
        for field in fields
        if field["type"] != "separator" and not is_empty(field)
    }


def merge(fields, kept, along):
    """Values of a ticket that comes to a category or team where it was before.

    :param list fields: the fields there, with the values that it has now
    :param dict kept: values that it left there
    :param dict along: values it had where it comes from. Categories of a branch share
        fields: what came along is newer than what was kept
    """
    names = {field["name"] for field in fields}
    return {
        **get_values(fields),
        **kept,
        **{name: value for name, value in along.items() if name in names},
    }


def get_missing(fields, moments):
    """Labels of the fields that must be filled in at one of these moments.

    A linked drop-down that offers nothing beside the value it depends on cannot be
    filled in, so it is not asked for.
    """
    values = get_values(fields)
    return [
        field.get("string") or field["name"]
        for field in fields
        if _is_missing(field, values, moments)
    ]


def _is_missing(field, values, moments):
    return (
        field.get("required_at") in moments
        and is_empty(field)
        and (field["type"] != "selection" or bool(get_options(field, values)))
    )


def get_misfits(fields):
    """Linked drop-downs whose value does not go with the one they depend on.

    :return: list of (field, field that it depends on)
    """
    values = get_values(fields)
    by_name = {field["name"]: field for field in fields}
    return [
        (field, by_name[field["depends_on"]])
        for field in fields
        if field.get("depends_on") in by_name
        and not is_empty(field)
        and field["value"] not in {key for key, __ in get_options(field, values)}
    ]


def join(inherited, own):
    """The fields of a category: those of its parents, then its own ones.

    Where both have one of the same name, the parent's holds, so that a value means the
    same in the whole branch.
    """
    names = {field["name"] for field in inherited}
    return [*inherited, *(field for field in own if field["name"] not in names)]


def is_changed(before, after):
    """Whether the definition of a field says something else; empty says nothing."""
    return {key: value for key, value in before.items() if value} != {
        key: value for key, value in after.items() if value
    }


def get_asked(fields, moments):
    """Names of the fields that somebody has to see to fill in what is missing.

    Those are the missing ones, the empty drop-downs they depend on, and required
    drop-downs that get their options from one of these.
    """
    values = get_values(fields)
    by_name = {field["name"]: field for field in fields}
    asked = {field["name"] for field in fields if _is_missing(field, values, moments)}
    for name in list(asked):
        while (name := by_name[name].get("depends_on")) in by_name:
            if name not in values:
                asked.add(name)
    # a chain of linked drop-downs is followed from its beginning on
    for __ in fields:
        for field in fields:
            if (
                field.get("depends_on") in asked
                and field.get("required_at") in moments
                and is_empty(field)
            ):
                asked.add(field["name"])
    return [field["name"] for field in fields if field["name"] in asked]


def tidy(definition, is_whole=True):
    """Take out, in place, what says nothing any more after a change of the fields.

    :param list definition: the fields, without values
    :param bool is_whole: False: drop-downs may depend on fields defined elsewhere
    """
    names = {field["name"] for field in definition if field.get("type") == "selection"}
    for field in definition:
        if not field.get("required_at") or field.get("type") == "separator":
            field.pop("required_at", None)
        parent = field.get("depends_on")
        if (
            field.get("type") != "selection"
            or (is_whole and parent not in names)
            or parent == field["name"]
        ):
            field.pop("depends_on", None)


def get_circle(definition):
    """A field whose chain of dependences leads back to itself, or None."""
    parents = {field["name"]: field.get("depends_on") for field in definition}
    for field in definition:
        seen, name = set(), field["name"]
        while name:
            if name in seen:
                return field
            seen.add(name)
            name = parents.get(name)
    return None
