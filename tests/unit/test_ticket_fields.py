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


def test_fields_of_the_parents_come_first_and_hold():
    inherited = [field("serial"), field("part", string="Part above")]
    own = [field("part", "date"), field("ribbon")]
    joined = ticket_fields.join(inherited, own)
    assert [it["name"] for it in joined] == ["serial", "part", "ribbon"]
    assert joined[1]["type"] == "char"


def test_what_came_along_is_newer_than_what_was_kept():
    fields = [
        field("shared", value="default"),
        field("own", value="default"),
        field("other", value="default"),
    ]
    assert ticket_fields.merge(
        fields, {"shared": "old", "own": "kept"}, {"shared": "new", "gone": "x"}
    ) == {"shared": "new", "own": "kept", "other": "default"}


def test_empty_keys_change_nothing():
    before = field("a", required_at=False, selection=[])
    assert not ticket_fields.is_changed(before, field("a"))
    assert ticket_fields.is_changed(before, field("a", required_at="closing"))
    assert ticket_fields.is_changed(before, {})


def test_own_drop_down_may_depend_on_one_defined_elsewhere(linked):
    own = [dict(linked[1])]
    ticket_fields.tidy(own, is_whole=False)
    assert own[0]["depends_on"] == "maker"
    ticket_fields.tidy(own)
    assert "depends_on" not in own[0]


def test_asked_are_the_missing_and_what_they_are_linked_with(linked):
    linked[1]["required_at"] = "closing"
    linked.append(field("note"))
    linked.append(field("serial", required_at="creation"))
    moments = ("creation", "closing")
    assert ticket_fields.get_asked(linked, moments) == ["maker", "model", "serial"]
    linked[0]["value"] = "z"
    assert ticket_fields.get_asked(linked, moments) == ["model", "serial"]
    linked[1]["value"] = "z/1"
    linked[3]["value"] = "A1"
    assert ticket_fields.get_asked(linked, moments) == []


def test_required_drop_down_that_gets_its_options_from_an_asked_one(linked):
    linked[0]["required_at"] = linked[1]["required_at"] = "closing"
    linked[1]["selection"].pop()
    assert ticket_fields.get_missing(linked, ("closing",)) == ["Maker"]
    assert ticket_fields.get_asked(linked, ("closing",)) == ["maker", "model"]
