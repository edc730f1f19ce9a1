from . import ntr_ticket_reason_wizard, ntr_ticket_solve_wizard
