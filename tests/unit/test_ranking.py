import pytest
from hypothesis import given
from hypothesis import strategies as st
from ranking import (
    SUBJECT,
    TIER,
    Candidate,
    Skill,
    get_best_skill,
    get_fit,
    get_load,
    rank,
)

# a label printer of a client, its category below "printers"
FACTS = {
    "category": [12, 1],
    "kind": [3],
    "equipment_model": [7],
    "product": [70],
    "product_category": [700, 600],
    "language": [5],
    "region": [50],
}


@pytest.mark.parametrize(
    ("criteria", "fit"),
    [
        ({}, 0.3),
        ({"category": 12}, 0.58),
        ({"category": 1}, 0.552),
        ({"category": 2}, 0.0),
        ({"equipment_model": 7}, 0.58),
        ({"product": 70}, 0.58),
        ({"product_category": 700}, 0.524),
        ({"kind": 3}, 0.44),
        ({"category": 12, "kind": 3}, 0.72),
        ({"category": 12, "equipment_model": 7, "kind": 3}, 1.0),
        # all that is given must match
        ({"category": 12, "kind": 4}, 0.0),
        ({"language": 5}, 0.35),
        ({"language": 6}, 0.0),
        ({"category": 12, "region": 50}, 0.63),
        ({"category": 12, "region": 51}, 0.0),
    ],
)
def test_fit(criteria, fit):
    assert get_fit(criteria, FACTS) == pytest.approx(fit)


def test_only_what_is_known_counts():
    assert get_fit({"category": 12}, {"category": [12]}) == 1.0
    assert get_fit({"category": 12}, {}) == 0.0
    assert get_fit({}, {}) == 0.3


def test_nearer_is_better():
    near, far, not_at_all = (
        get_fit({"category": value}, {"category": [12, 1]}) for value in (12, 1, 99)
    )
    assert near > far > not_at_all == 0


@given(
    st.dictionaries(
        st.sampled_from(sorted(FACTS)), st.sampled_from([0, 1, 12, 3, 7, 70, 600])
    )
)
def test_fit_is_a_share(criteria):
    fit = get_fit(criteria, FACTS)
    assert 0 <= fit <= 1
    matches = all(value in FACTS[name] for name, value in criteria.items())
    assert bool(fit) == matches


@given(st.dictionaries(st.sampled_from(sorted(SUBJECT)), st.just(1)))
def test_another_criterion_that_matches_never_harms(criteria):
    facts = {name: [1] for name in SUBJECT}
    fit = get_fit(criteria, facts)
    for name in SUBJECT:
        assert get_fit({**criteria, name: 1}, facts) >= fit


def test_best_skill_weighs_fit_and_level():
    general, exact = Skill({}, 3), Skill({"category": 12}, 1)
    assert get_best_skill([general, exact], {"category": [12]}) == (1.0, exact)
    expert = Skill({"category": 1}, 3)
    assert get_best_skill([exact, expert], {"category": [12, 1]})[1] == expert
    assert get_best_skill([exact], {"category": [13]}) == (0.0, None)
    assert get_best_skill([], FACTS) == (0.0, None)


def test_load():
    assert get_load([]) == 0
    assert get_load([("0", False, 2), ("3", False, 1)]) == 5.0
    assert get_load([("0", True, 2), ("1", False, 2)]) == 4.0


def _order(*candidates, facts=FACTS, is_line_asked=False):
    return [it.candidate.user_id for it in rank(candidates, facts, is_line_asked)]


def test_competence_comes_before_load():
    expert = Candidate(1, skills=(Skill({"category": 12}, 3),), load=8)
    idle = Candidate(2)
    assert _order(idle, expert) == [1, 2]


def test_load_decides_between_equals():
    skills = (Skill({"category": 12}, 2),)
    busy, free = Candidate(1, skills=skills, load=6), Candidate(2, skills=skills)
    assert _order(busy, free) == [2, 1]


def test_an_overloaded_expert_yields_to_somebody_good():
    facts = {"category": [12]}
    expert = Candidate(1, skills=(Skill({"category": 12}, 3),), load=15)
    good = Candidate(2, skills=(Skill({"category": 12}, 2),))
    assert _order(expert, good, facts=facts) == [2, 1]


def test_at_work_and_on_duty():
    off = Candidate(1, is_at_work=False)
    at_work = Candidate(2)
    on_duty = Candidate(3, is_on_duty=True)
    assert _order(off, at_work, on_duty) == [3, 2, 1]


def test_who_is_away_comes_last():
    away = Candidate(
        1,
        skills=(Skill({"category": 12, "equipment_model": 7, "kind": 3}, 3),),
        is_absent=True,
        is_on_line=True,
        is_on_duty=True,
    )
    worst = Candidate(2, load=1000, is_at_work=False)
    assert _order(away, worst) == [2, 1]
    assert _order(away, worst, is_line_asked=True) == [2, 1]


def test_members_of_a_line_that_was_asked_come_first():
    member = Candidate(1, is_on_line=True, load=20, is_at_work=False)
    expert = Candidate(
        2, skills=(Skill({"category": 12, "equipment_model": 7, "kind": 3}, 3),)
    )
    assert _order(member, expert) == [2, 1]
    assert _order(member, expert, is_line_asked=True) == [1, 2]


def test_between_equals_the_cheaper_one_comes_first():
    dear, cheap = Candidate(1, name="A", cost=20), Candidate(2, name="B", cost=10)
    assert _order(dear, cheap) == _order(cheap, dear) == [2, 1]
    busy = Candidate(3, name="C", load=1)
    assert _order(dear, busy) == [1, 3]


def test_order_does_not_depend_on_the_input():
    candidates = [Candidate(number, name=str(number % 3)) for number in range(9)]
    assert _order(*candidates) == _order(*reversed(candidates))


@given(
    st.lists(
        st.builds(
            Candidate,
            user_id=st.integers(1, 50),
            load=st.floats(0, 100),
            is_at_work=st.booleans(),
            is_absent=st.booleans(),
            is_on_line=st.booleans(),
            is_on_duty=st.booleans(),
            skills=st.just(()) | st.just((Skill({}, 1),)),
        ),
        max_size=8,
    ),
    st.booleans(),
)
def test_scores_fall_and_stay_in_their_group(candidates, is_line_asked):
    ranked = rank(candidates, FACTS, is_line_asked)
    assert len(ranked) == len(candidates)
    scores = [it.score for it in ranked]
    assert scores == sorted(scores, reverse=True)
    for it in ranked:
        assert (it.score < TIER) == it.candidate.is_absent
