from email import message_from_string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_authentication import (
    FAIL,
    PASS,
    UNKNOWN,
    Authentication,
    read_authentication,
)


def judge(*headers, servers=("mx.desk.example",)):
    text = "".join(f"Authentication-Results: {header}\n" for header in headers)
    return read_authentication(message_from_string(f"{text}\nHello"), servers)


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ("dmarc=pass header.from=x.example", PASS),
        ("spf=pass smtp.mailfrom=x.example; dkim=fail; dmarc=fail", FAIL),
        ("spf=fail; dkim=pass header.d=x.example", PASS),
        ("spf=fail; dkim=fail", FAIL),
        ("spf=fail; dkim=none", UNKNOWN),
        ("spf=softfail; dkim=neutral; dmarc=none", UNKNOWN),
        ("dkim=fail; dkim=pass; spf=none", PASS),
        ("DMARC=Fail (p=REJECT (strict))", FAIL),
        ("none", UNKNOWN),
    ],
)
def test_results(results, verdict):
    assert judge(f"mx.desk.example; {results}").verdict == verdict


def test_the_reason():
    found = judge("MX.desk.example 1;\n\tdmarc=fail (bad) header.from=x.example")
    assert found == Authentication(FAIL, "dmarc=fail")


def test_only_of_servers_that_are_trusted():
    forged = "mx.attacker.example; dmarc=pass"
    assert judge(forged).verdict == UNKNOWN
    assert judge(forged, "mx.desk.example; dmarc=fail").verdict == FAIL
    assert judge("mx.desk.example; dmarc=pass", servers=()).verdict == UNKNOWN


def test_the_topmost_of_a_server_counts():
    first, second = "mx.desk.example; dmarc=fail", "mx.desk.example; dmarc=pass"
    assert judge(first, second).verdict == FAIL


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="mx.desk=pasfil ;()/\n\tdmrc", max_size=300))
def test_any_text(text):
    message = message_from_string("\n")
    message["Authentication-Results"] = text.replace("\n", " ")
    assert read_authentication(message, ["mx.desk"]).verdict in (PASS, FAIL, UNKNOWN)
