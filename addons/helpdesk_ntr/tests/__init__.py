from . import (
    test_closing,
    test_equipment,
    test_event,
    test_link,
    test_mail,
    test_portal,
    test_rights,
    test_team,
    test_ticket_import,
    test_tours,
    test_verbs,
    test_working_time,
)
