from email.message import EmailMessage

from hypothesis import given, settings
from hypothesis import strategies as st
from mail_shape import Limits, Shape, find_excess, measure


def nested(depth, width=1):
    """A mail of containers inside each other, by hand: the library would recurse."""
    lines = ["From: a@b.example", "Subject: deep"]
    for level in range(depth):
        lines += [f'Content-Type: multipart/mixed; boundary="b{level}"', ""]
        lines += [f"--b{level}", "Content-Type: text/plain", "", "text"] * (width - 1)
        lines += [f"--b{level}"]
    lines += ["Content-Type: text/plain", "", "the end"]
    lines += [f"--b{level}--" for level in reversed(range(depth))]
    return "\r\n".join(lines).encode()


def test_plain():
    raw = b"From: a@b.example\r\nSubject: x\r\n\r\nHello\r\n-- \r\nAnna"
    assert measure(raw) == Shape(len(raw), 29, 0, 0)


def test_with_a_file():
    mail = EmailMessage()
    mail["Subject"] = "With a file"
    mail.set_content("Text")
    mail.add_alternative("<p>Text</p>", subtype="html")
    mail.add_attachment(b"data", maintype="image", subtype="png", filename="a.png")
    shape = measure(mail.as_bytes())
    assert (shape.parts, shape.depth) == (4, 2)


def test_nested():
    shape = measure(nested(40, width=3))
    assert (shape.parts, shape.depth) == (120, 40)
    assert find_excess(shape) == ("depth", 40, 30)


def test_ten_thousand_inside_each_other():
    shape = measure(nested(10_000))
    assert (shape.parts, shape.depth) == (10_000, 10_000)


def test_containers_after_each_other_are_not_deep():
    one = nested(2)
    inner = one.replace(b"b0", b"c0").replace(b"b1", b"c1")
    assert measure(one + b"\r\n" + inner).depth == 2


def test_a_container_that_is_never_ended():
    raw = nested(3).replace(b"--b0--", b"").replace(b"--b1--", b"")
    assert measure(raw).depth == 3


def test_bare_and_folded_boundaries():
    raw = (
        b"Content-Type: multipart/mixed;\n\tBOUNDARY = simple\n\n"
        b"--simple\n\none\n--simple \n\ntwo\n--simple--\n"
    )
    assert (measure(raw).parts, measure(raw).depth) == (2, 1)


def test_no_header_end():
    assert measure(b"Subject: x").header_size == 10
    assert measure(b"") == Shape(0, 0, 0, 0)


def test_limits():
    assert find_excess(Shape(10, 10, 1, 1)) is None
    assert find_excess(Shape(11, 5, 1, 1), Limits(size=10)) == ("size", 11, 10)
    assert find_excess(Shape(9, 5, 9, 1), Limits(parts=8)) == ("parts", 9, 8)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                b"--a",
                b"--a--",
                b"--b",
                b"--b--",
                b"boundary=a",
                b"boundary=b",
                b"",
                b"x",
            ]
        )
    )
)
def test_any_order_of_lines(lines):
    shape = measure(b"\n".join(lines))
    assert 0 <= shape.depth <= 2
    assert shape.parts <= sum(line in (b"--a", b"--b") for line in lines)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes(raw):
    shape = measure(raw)
    assert shape.size == len(raw) >= shape.header_size
