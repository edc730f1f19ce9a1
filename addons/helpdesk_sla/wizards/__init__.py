from . import ntr_contract_reason_wizard
