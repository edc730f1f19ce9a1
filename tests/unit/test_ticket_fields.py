import pytest
import ticket_fields


def field(name, kind="char", **values):
    return {"name": name, "string": name.title(), "type": kind, **values}


@pytest.fixture
def linked():
    return [
        field("maker", "selection", selection=[["z", "Zebra"], ["h", "Honeywell"]]),
        field(
            "model",
            "selection",
            selection=[["z/1", "DS22"], ["h/1", "1900"], ["other", "Other"]],
            depends_on="maker",
        ),
    ]


def keys(options):
    return [key for key, __ in options]


def test_options_follow_the_value_they_depend_on(linked):
    assert keys(ticket_fields.get_options(linked[1], {"maker": "z"})) == [
        "z/1",
        "other",
    ]
    assert keys(ticket_fields.get_options(linked[1], {})) == ["other"]
    assert keys(ticket_fields.get_options(linked[0], {})) == ["z", "h"]


def test_key_that_begins_alike_is_another_one(linked):
    linked[1]["selection"].append(["zz/1", "X"])
    assert "zz/1" not in keys(ticket_fields.get_options(linked[1], {"maker": "z"}))


def test_third_level(linked):
    linked.append(
        field(
            "part",
            "selection",
            selection=[["z/1/a", "Head"], ["h/1/a", "Cable"]],
            depends_on="model",
        )
    )
    assert keys(ticket_fields.get_options(linked[2], {"model": "z/1"})) == ["z/1/a"]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("char", None, True),
        ("char", "", True),
        ("char", "x", False),
        ("integer", 0, False),
        ("float", 0.0, False),
        ("float", None, True),
        ("float", False, True),
        ("boolean", False, True),
        ("boolean", True, False),
        ("date", False, True),
        ("tags", [], True),
    ],
)
def test_empty(kind, value, expected):
    assert ticket_fields.is_empty(field("x", kind, value=value)) is expected


def test_missing_at_a_moment():
    fields = [
        field("a", required_at="creation"),
        field("b", required_at="closing"),
        field("c", required_at="creation", value="x"),
        field("d"),
    ]
    assert ticket_fields.get_missing(fields, ("creation",)) == ["A"]
    assert ticket_fields.get_missing(fields, ("creation", "closing")) == ["A", "B"]


def test_what_offers_nothing_is_not_missing(linked):
    linked[1]["required_at"] = "creation"
    linked[1]["selection"].pop()
    assert ticket_fields.get_missing(linked, ("creation",)) == []
    linked[0]["value"] = "z"
    assert ticket_fields.get_missing(linked, ("creation",)) == ["Model"]


def test_misfits(linked):
    linked[0]["value"], linked[1]["value"] = "z", "h/1"
    assert ticket_fields.get_misfits(linked) == [(linked[1], linked[0])]
    linked[1]["value"] = "z/1"
    assert ticket_fields.get_misfits(linked) == []
    linked[1]["value"] = False
    assert ticket_fields.get_misfits(linked) == []


def test_tidy(linked):
    definition = [
        field("a", required_at=False, depends_on="maker"),
        field("s", "separator", required_at="closing"),
        *linked,
    ]
    ticket_fields.tidy(definition)
    assert "required_at" not in definition[0]
    assert "depends_on" not in definition[0]
    assert "required_at" not in definition[1]
    assert definition[3]["depends_on"] == "maker"
    ticket_fields.tidy(definition[3:])
    assert "depends_on" not in definition[3]


def test_circle(linked):
    assert ticket_fields.get_circle(linked) is None
    linked[0]["depends_on"] = "model"
    assert ticket_fields.get_circle(linked) is linked[0]
