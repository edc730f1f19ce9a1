from . import ntr_capacity_report
