from . import ntr_capacity_report
from . import ntr_expert_report
from . import ntr_ticket_letter_report
