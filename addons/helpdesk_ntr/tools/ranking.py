"""Who should solve a request: fit of competences, load, score and order.

Plain Python. A request is described by *facts*, ``{criterion: values}``, where the
values go from the nearest to the farthest: a category, its parent, the parent's
parent. A competence names some criteria and one value for each; it is about a request
when all of them are among the request's values.

The score of a person is the sum of what speaks for him, up to 100, and 100 more for
each group that he is in: people who are away stand below everybody else, members of
the line that was asked stand above. Between equals the one who costs less comes first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# What a request is about. Criteria of one group are the same thing named more or
# less exactly: (group, weight of the group, how exact the criterion is).
SUBJECT = {
    "product": ("thing", 4, 1.0),
    "equipment_model": ("thing", 4, 1.0),
    "product_category": ("thing", 4, 0.8),
    "category": ("category", 4, 1.0),
    "kind": ("kind", 2, 1.0),
}
# Conditions: a match says little about knowing the subject.
CONDITIONS = {"language": 0.05, "region": 0.05}

GENERALIST = 0.3  # fit of a competence that names no subject
STEP = 0.1  # less for each level of a tree between request and competence
SHARE_OF_LEVEL = {1: 0.6, 2: 0.8, 3: 1.0}

COMPETENCE = 50
FREE = 20
AT_WORK = 15
ON_LINE = 10
ON_DUTY = 5
TIER = 100

BUSY = 5  # load that halves what being free is worth
PRIORITY_WEIGHT = {"0": 1.0, "1": 1.5, "2": 2.0, "3": 3.0}
WAITING_SHARE = 0.5


@dataclass(frozen=True)
class Skill:
    """One competence of a person.

    :param criteria: {criterion: value}; empty is about everything
    :param level: 1 to 3
    :param key: whatever leads the caller back to his record
    """

    criteria: Mapping
    level: int
    key: object = None


@dataclass(frozen=True)
class Candidate:
    """A person who may be given the request, and how things stand with him."""

    user_id: int
    name: str = ""
    skills: tuple = ()
    load: float = 0.0
    cost: float = 0.0  # what the request would cost the company with him
    is_at_work: bool = True
    is_absent: bool = False
    is_on_line: bool = False
    is_on_duty: bool = False


@dataclass(frozen=True)
class Ranked:
    candidate: Candidate
    score: float
    fit: float = 0.0
    skill: Skill | None = field(default=None)

    @property
    def level(self):
        return self.skill.level if self.skill else 0


def get_fit(criteria: Mapping, facts: Mapping) -> float:
    """Return how much of what is known of a request a competence speaks about.

    :return: 0 where it is about something else, else from 0.3 to 1
    """
    closeness = {}
    for criterion, wanted in criteria.items():
        values = list(facts.get(criterion) or ())
        if wanted not in values:
            return 0.0
        closeness[criterion] = max(0.0, 1 - STEP * values.index(wanted))
    known, met = {}, {}
    for criterion, (group, weight, exactness) in SUBJECT.items():
        if facts.get(criterion):
            known[group] = weight
        value = weight * exactness * closeness.get(criterion, 0.0)
        met[group] = max(met.get(group, 0.0), value)
    fit = GENERALIST
    if known:
        fit += (1 - GENERALIST) * sum(met.values()) / sum(known.values())
    fit += sum(CONDITIONS.get(criterion, 0.0) for criterion in criteria)
    return round(min(fit, 1.0), 3)


def get_best_skill(skills: Iterable, facts: Mapping) -> tuple:
    """Return (fit, skill) of the competence that is worth most for a request.

    :return: (0.0, None) where none is about it
    """
    best = (0.0, 0.0, 0, None)
    for skill in skills:
        fit = get_fit(skill.criteria, facts)
        worth = fit * SHARE_OF_LEVEL[skill.level]
        if worth and (worth, fit, skill.level) > best[:3]:
            best = (worth, fit, skill.level, skill)
    return best[1], best[3]


def get_load(rows: Iterable) -> float:
    """Return the load that open tickets are.

    :param rows: (priority, is waiting, number of tickets)
    """
    return sum(
        PRIORITY_WEIGHT[priority] * (WAITING_SHARE if is_waiting else 1.0) * count
        for priority, is_waiting, count in rows
    )


def rank(candidates: Iterable, facts: Mapping, is_line_asked: bool = False) -> list:
    """Return the candidates with their scores, the best first.

    :param is_line_asked: the request was handed to a line of specialists, so its
        members come before everybody else
    :return: list of `Ranked`
    """
    ranked = [_rate(candidate, facts, is_line_asked) for candidate in candidates]
    ranked.sort(
        key=lambda it: (
            -it.score,
            it.candidate.load,
            it.candidate.cost,
            it.candidate.name,
            it.candidate.user_id,
        )
    )
    return ranked


def _rate(candidate, facts, is_line_asked):
    fit, skill = get_best_skill(candidate.skills, facts)
    share = SHARE_OF_LEVEL[skill.level] if skill else 0.0
    score = (
        COMPETENCE * fit * share
        + FREE / (1 + candidate.load / BUSY)
        + AT_WORK * candidate.is_at_work
        + ON_LINE * candidate.is_on_line
        + ON_DUTY * candidate.is_on_duty
        + TIER * _get_tier(candidate, is_line_asked)
    )
    return Ranked(candidate, round(score, 1), fit, skill)


def _get_tier(candidate, is_line_asked):
    if candidate.is_absent:
        return 0
    return 2 if is_line_asked and candidate.is_on_line else 1
