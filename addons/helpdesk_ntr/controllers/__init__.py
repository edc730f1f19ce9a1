from . import (
    mail,
    portal,
    portal_conversation,
    portal_new_request,
    support_answer,
    thread,
)
