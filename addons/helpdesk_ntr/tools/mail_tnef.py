"""What lies in a ``winmail.dat``: Outlook packs files in a format of its own, TNEF.

``read(data)`` takes out the files and the text. It reads forward once, never further
than the data reach, and gives what it found up to the place where they are broken.
"""

import struct
from contextlib import suppress
from dataclasses import dataclass, field

SIGNATURE = 0x223E9F78
MAX_ATTRIBUTES = 5_000
MAX_FILES = 200
MAX_NAME = 255

BODY = 0x800C
ATTACH_DATA = 0x800F
ATTACH_TITLE = 0x8010
ATTACH_BEGIN = 0x9002
MAPI_PROPERTIES = 0x9003
ATTACHMENT = 0x9005
CODEPAGE = 0x9007

# MS-OXPROPS
PR_BODY = 0x1000
PR_DISPLAY_NAME = 0x3001
PR_ATTACH_DATA = 0x3701
PR_ATTACH_FILENAME = 0x3704
PR_ATTACH_LONG_FILENAME = 0x3707

# {type: bytes}, with what it is filled up to
FIXED = {
    **{kind: 4 for kind in (0x0000, 0x0001, 0x0002, 0x0003, 0x0004, 0x000A, 0x000B)},
    **{kind: 8 for kind in (0x0005, 0x0006, 0x0007, 0x0014, 0x0040)},
    0x0048: 16,
}
OBJECT, STRING, UNICODE, BINARY = 0x000D, 0x001E, 0x001F, 0x0102
MULTIPLE = 0x1000


@dataclass(slots=True)
class Tnef:
    """What was packed.

    :param files: pairs of name and bytes
    :param text: of the mail, where it is in there
    """

    files: list[tuple[str, bytes]] = field(default_factory=list)
    text: str = ""


def read(data: bytes) -> Tnef:
    """Unpack a ``winmail.dat``; of what is none, nothing."""
    found = Tnef()
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != SIGNATURE:
        return found
    codepage, name, content = "cp1252", "", None
    is_file = False
    for kind, value in _get_attributes(data):
        if kind == CODEPAGE and len(value) >= 4:
            codepage = _get_codec(struct.unpack_from("<I", value)[0])
        elif kind == BODY:
            found.text = _decode(value, codepage)
        elif kind == MAPI_PROPERTIES and not found.text:
            found.text = _get_properties(value, codepage).get(PR_BODY, "")
        elif kind == ATTACH_BEGIN:
            _add(found, is_file, name, content)
            is_file, name, content = True, "", None
        elif kind == ATTACH_TITLE:
            name = name or _decode(value, codepage)
        elif kind == ATTACH_DATA:
            content = value
        elif kind == ATTACHMENT:
            properties = _get_properties(value, codepage)
            name = _get_name(properties) or name
            content = properties.get(PR_ATTACH_DATA) if content is None else content
        if len(found.files) >= MAX_FILES:
            break
    _add(found, is_file, name, content)
    return found


def _add(found, is_file, name, content):
    if is_file and isinstance(content, bytes) and len(found.files) < MAX_FILES:
        found.files.append((name[:MAX_NAME], content))


def _get_name(properties):
    names = (PR_ATTACH_LONG_FILENAME, PR_ATTACH_FILENAME, PR_DISPLAY_NAME)
    found = (properties.get(name) for name in names)
    return next((it for it in found if it and isinstance(it, str)), "")


def _get_codec(number):
    codec = {65001: "utf-8", 20866: "koi8-r", 28595: "iso8859-5"}.get(
        number, f"cp{number}"
    )
    try:
        b"-".decode(codec)
    except LookupError:
        return "cp1252"
    return codec


def _decode(value, codec):
    return value.split(b"\0")[0].decode(codec, "replace")


def _get_attributes(data):
    """(id, bytes) of each attribute of the stream."""
    place = 6
    for _number in range(MAX_ATTRIBUTES):
        if place + 9 > len(data):
            return
        _level, kind, _type, length = struct.unpack_from("<BHHI", data, place)
        place += 9
        yield kind, data[place : place + length]
        place += length + 2


def _get_properties(data, codec):
    """{id: str or bytes} of those properties that hold text or data."""
    reader = _Reader(data)
    found = {}
    # what is cut off has the properties that came before
    with suppress(struct.error, EOFError):
        for _number in range(min(reader.number(), MAX_ATTRIBUTES)):
            kind, name = reader.take("<HH")
            if name >= 0x8000:
                reader.skip_name()
            values = reader.values(kind)
            if values and name < 0x8000:
                found[name] = _get_value(kind & ~MULTIPLE, values[0], codec)
    return found


def _get_value(kind, value, codec):
    if kind == UNICODE:
        return value.decode("utf-16-le", "replace").split("\0")[0]
    if kind == STRING:
        return _decode(value, codec)
    # an object begins with the identifier of its interface
    return value[16:] if kind == OBJECT else value


class _Reader:
    """Reads forward and stops where the data end."""

    def __init__(self, data):
        self.data, self.place = data, 0

    def take(self, form):
        values = struct.unpack_from(form, self.data, self.place)
        self.place += struct.calcsize(form)
        return values

    def number(self):
        return self.take("<I")[0]

    def bytes(self, length, fill=4):
        if self.place + length > len(self.data):
            raise EOFError
        value = self.data[self.place : self.place + length]
        self.place += length + -length % fill
        return value

    def skip_name(self):
        self.bytes(16)
        if self.number():
            self.bytes(self.number())
        else:
            self.number()

    def values(self, kind):
        """The values of a property, where they are text or data."""
        base = kind & ~MULTIPLE
        if base in FIXED:
            count = self.number() if kind & MULTIPLE else 1
            self.bytes(min(count, len(self.data)) * FIXED[base])
            return []
        if base not in (OBJECT, STRING, UNICODE, BINARY):
            raise EOFError
        count = min(self.number(), MAX_ATTRIBUTES)
        return [self.bytes(self.number()) for _number in range(count)]
