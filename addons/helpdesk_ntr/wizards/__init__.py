from . import (
    ntr_fields_wizard,
    ntr_macro_wizard,
    ntr_personal_data_wizard,
    ntr_ticket_letter_wizard,
    ntr_ticket_letter_wizard_line,
    ntr_ticket_merge_wizard,
    ntr_ticket_reason_wizard,
    ntr_ticket_solve_wizard,
    ntr_ticket_split_wizard,
    ntr_ticket_split_wizard_line,
    ntr_ticket_suggest_wizard,
    ntr_ticket_suggest_wizard_line,
)
