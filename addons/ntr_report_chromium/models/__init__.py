from . import ir_actions_report
from . import ntr_report_resource
