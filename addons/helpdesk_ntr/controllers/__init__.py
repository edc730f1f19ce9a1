from . import (
    mail,
    original_mail,
    portal,
    portal_conversation,
    portal_new_request,
    support_answer,
    thread,
)
