import pytest
from canned_text import (
    SHOWN,
    VARIABLES,
    find_faults,
    get_first_name,
    get_meaning,
    render,
)
from hypothesis import given
from hypothesis import strategies as st

FULL = {key: f"<{key}>" for key in VARIABLES}


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("Hello, {first name}!", "Hello, <first_name>!"),
        ("{Клиент}: {НОМЕР}, { моё  имя }", "<client>: <number>, <my_name>"),
        ("No variable here [or here].", "No variable here [or here]."),
        ("We answer[ by {deadline}].", "We answer by <deadline>."),
        ("Line {number}\n\nLine {тема}\n", "Line <number>\n\nLine <subject>"),
        ("{order} of another use", "{order} of another use"),
    ],
)
def test_filled(text, rendered):
    assert render(text, FULL) == rendered


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("Hello, {first name}!", "Hello!"),
        ("Здравствуйте, {имя и отчество}! Мы начали.", "Здравствуйте! Мы начали."),
        ("Спасибо, {имя}, за обращение.", "Спасибо за обращение."),
        ("{first name}, good day. {имя}, вы тут?", "Good day. Вы тут?"),
        ("Printer ({unit}) is ready.", "Printer is ready."),
        ("Ready, {unit}, today.", "Ready, today."),
        ("We come by {deadline}. Be there.", "Be there."),
        ("Be there. We come by {deadline}!", "Be there."),
        ("We come[ by {deadline}] with parts.", "We come with parts."),
        ("We come [by {deadline}].", "We come."),
        ("Above\nDeadline: {deadline}\nBelow", "Above\nBelow"),
        ("Above\n\n{deadline}\n\nBelow", "Above\n\nBelow"),
        ("About “{subject}” of v1.2 we say: no. Yes", "Yes"),
        ("{deadline}", ""),
        ("{order}, {deadline}.", "{order}."),
        ("", ""),
        (None, ""),
    ],
)
def test_without_value_no_hole(text, rendered):
    assert render(text, {}) == rendered


def test_values_are_not_read_as_variables():
    values = {"subject": "{number} [a] , b", "number": "1"}
    assert render("“{subject}”, {number}", values) == "“{number} [a] , b”, 1"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("{client} and {Имя}", []),
        ("{clinet}", ["{clinet}"]),
        ("{}", ["{}"]),
        ("{client", ["{"]),
        ("client}", ["}"]),
        ("{{client}}", ["{", "}"]),
        (None, []),
    ],
)
def test_what_is_no_variable(text, faults):
    assert find_faults(text) == faults


def test_each_variable_has_a_name_in_each_language():
    for names in SHOWN.values():
        assert [get_meaning(name) for name in names] == list(VARIABLES)


@pytest.mark.parametrize(
    ("full", "first", "courteous"),
    [
        ("Ivan Petrov", "Ivan", "Ivan"),
        ("Petrov, Ivan", "Ivan", "Ivan"),
        ("Иван Петров", "Иван", "Иван"),
        ("Петров Иван Сергеевич", "Иван", "Иван Сергеевич"),
        ("Иван Сергеевич Петров", "Иван", "Иван Сергеевич"),
        ("Анна Ильинична", "Анна", "Анна Ильинична"),
        ("Сидорова Анна Львовна", "Анна", "Анна Львовна"),
        ("Олег", "Олег", "Олег"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_how_a_person_is_addressed(full, first, courteous):
    assert get_first_name(full) == first
    assert get_first_name(full, with_patronymic=True) == courteous


@given(
    st.lists(
        st.sampled_from(
            ["Hello", ", ", ". ", "\n", "{имя}", "{deadline}", "[", "]", "(", ")", "!"]
        )
    ).map("".join),
    st.sets(st.sampled_from(["first_name", "deadline"])),
)
def test_no_variable_stays(text, filled):
    rendered = render(text, {key: "X" for key in filled})
    assert "{" not in rendered
    assert rendered == rendered.strip()
