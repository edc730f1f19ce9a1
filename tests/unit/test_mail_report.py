from email import message_from_string

from hypothesis import given, settings
from hypothesis import strategies as st
from mail_report import Failure, read_failures

REPORT = """\
From: MAILER-DAEMON@mx.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Could not deliver.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ivan@romashka.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1
    unknown user

Final-Recipient: rfc822;anna@romashka.example
Action: delayed
Status: 4.4.1

--b--
"""


def test_whom_it_did_not_reach():
    message = message_from_string(REPORT.format(action="failed"))
    assert read_failures(message) == [
        Failure("ivan@romashka.example", "5.1.1", "550 5.1.1 unknown user")
    ]


def test_what_is_late_has_not_failed():
    assert not read_failures(message_from_string(REPORT.format(action="delayed")))


def test_an_ordinary_mail():
    assert not read_failures(message_from_string("Subject: x\n\nfailed"))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_in_it(text):
    for failure in read_failures(message_from_string(REPORT.replace("failed", text))):
        assert failure.email
