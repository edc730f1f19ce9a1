"""Texts with variables in plain words, like “Hello, {first name}!”. Plain Python.

What happens where a variable has no value, so that no hole is left:

- a part in [square brackets] goes whole, otherwise only its brackets go;
- what a comma or parentheses set off goes with them: “Hello, {first name}!”;
- otherwise the whole sentence goes, and a line that had nothing else.
"""

import re

# what a variable means: its names, the first of each language is shown to people
VARIABLES = {
    "client": ("client", "клиент"),
    "first_name": ("first name", "имя"),
    "courteous_name": ("name and patronymic", "имя и отчество", "имя отчество"),
    "firm": ("company", "организация", "фирма"),
    "number": ("number", "номер"),
    "subject": ("subject", "тема"),
    "unit": ("unit", "оборудование"),
    "executor": ("executor", "исполнитель"),
    "team": ("team", "отдел", "команда"),
    "deadline": ("deadline", "срок"),
    "my_name": ("my name", "мое имя"),
}
SHOWN = {
    "en": tuple(names[0] for names in VARIABLES.values()),
    "ru": tuple(names[1].replace("мое", "моё") for names in VARIABLES.values()),
}
MEANINGS = {name: key for key, names in VARIABLES.items() for name in names}
# Whoever is addressed stands between two commas, and both go with him.
ADDRESSED = {"client", "first_name", "courteous_name"}

VARIABLE = re.compile(r"\{([^{}]*)\}")
BRACE = re.compile(r"\{[^{}]*\}|[{}]")
OPTIONAL = re.compile(r"[ \t]*\[([^\[\]]*)\]")
SENTENCE = re.compile(r"\S.*?(?:[.!?…]+[»”\")]*(?=\s|$)|$)\s*")
PATRONYMIC = re.compile(r"(?:[оеё]вич|ьич|ич|[оеё]вна|ична|инична|оглы|кызы)$", re.I)


def get_meaning(name):
    """What a variable means, by its name as people write it.

    :param str name: without braces, in any case
    :return: a key of ``VARIABLES``, or None
    """
    return MEANINGS.get(" ".join(name.lower().replace("ё", "е").split()))


def find_faults(text):
    """What stands in braces and is no variable, and braces without their other one."""
    return [
        found for found in BRACE.findall(text or "") if not get_meaning(found[1:-1])
    ]


def render(text, values):
    """The text with its variables filled in, without holes.

    :param str text: as it was written
    :param dict values: {key of ``VARIABLES``: text, empty where there is none}
    :return: the text; empty when nothing of it is left
    """

    def is_missing(name):
        meaning = get_meaning(name)
        return bool(meaning) and not values.get(meaning)

    def fill(match):
        meaning = get_meaning(match[1])
        return values[meaning] if meaning else match[0]

    lines = []
    for line in (text or "").splitlines():
        kept = _drop_missing(line, is_missing)
        if kept or not line.strip():
            lines.append(VARIABLE.sub(fill, kept))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _drop_missing(line, is_missing):
    """The line without what hangs on a variable that has no value."""
    kept = OPTIONAL.sub(lambda match: _choose_part(match, is_missing), line)
    for name in {name for name in VARIABLE.findall(kept) if is_missing(name)}:
        kept = _drop_set_off(kept, name)
    kept = "".join(
        sentence
        for sentence in SENTENCE.findall(kept)
        if not any(is_missing(name) for name in VARIABLE.findall(sentence))
    )
    return line if kept.strip() == line.strip() else _tidy(kept)


def _choose_part(match, is_missing):
    """An optional part: with neither brackets nor itself, or as it is."""
    names = VARIABLE.findall(match[1])
    if not any(get_meaning(name) for name in names):
        return match[0]
    if any(is_missing(name) for name in names):
        return ""
    return match[0].replace("[", "", 1)[:-1]


def _drop_set_off(line, name):
    """Drop a variable together with the commas or parentheses around it."""
    variable = r"\{" + re.escape(name) + r"\}"
    line = re.sub(rf"\s*\(\s*{variable}\s*\)", "", line)
    if get_meaning(name) in ADDRESSED:
        line = re.sub(rf"(?<=\w),\s*{variable}\s*,(?=\s)", "", line)
    line = re.sub(rf",\s*{variable}(?=\s*(?:[,.!?;:…)]|$))", "", line)
    return re.sub(
        rf"(^|[.!?…]\s+){variable},\s*(.)",
        lambda match: match[1] + match[2].upper(),
        line,
    )


def _tidy(line):
    line = re.sub(r"[ \t]{2,}", " ", line)
    return re.sub(r"\s+([,.!?;:…)])", r"\1", line).strip()


def get_first_name(full_name, with_patronymic=False):
    """How a person is addressed: “Ivan” or “Иван Сергеевич”.

    Russian names are written in both orders; the patronymic tells them apart.

    :param str full_name: as it stands on the contact
    :param bool with_patronymic: with it, where the name has one
    """
    surname, __, rest = (full_name or "").partition(",")
    words = (rest or surname).split()
    at = next(
        (at for at, word in enumerate(words) if at and PATRONYMIC.search(word)), None
    )
    # “Иван Петрович” has a first name and a patronymic, “Ivan Petrovich” may have
    if at is None:
        return words[0] if words else ""
    return " ".join(words[at - 1 : at + 1 if with_patronymic else at])
