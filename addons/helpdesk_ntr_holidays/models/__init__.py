from . import ntr_ticket
