from . import base_automation, ntr_ticket
