from . import ntr_contract_reason_wizard, ntr_start_wizard
