"""The Russian translation is complete."""

import polib

LANGUAGE = "ru"


def test_russian_is_complete(addon):
    template = addon / "i18n" / f"{addon.name}.pot"
    translation = addon / "i18n" / f"{LANGUAGE}.po"
    assert template.exists(), f"{template} is missing"
    wanted = {_key(entry) for entry in polib.pofile(template) if entry.msgid}
    if not wanted:
        return
    assert translation.exists(), f"{translation} is missing"
    entries = [entry for entry in polib.pofile(translation) if not entry.obsolete]
    fuzzy = [entry.msgid for entry in entries if entry.fuzzy]
    done = {_key(entry) for entry in entries if entry.translated()}
    assert not fuzzy, _list("fuzzy", translation, fuzzy)
    missing = [msgid for _context, msgid in sorted(wanted - done)]
    assert not missing, _list("not translated", translation, missing)
    foreign = [msgid for _context, msgid in sorted(done - wanted)]
    assert not foreign, _list("not in the .pot", translation, foreign)


def _key(entry):
    return entry.msgctxt or "", entry.msgid


def _list(what, path, msgids):
    return f"{len(msgids)} terms {what} in {path}:\n" + "\n".join(msgids)
