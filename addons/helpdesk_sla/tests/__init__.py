from . import test_ntr_contract, test_ntr_contract_rights, test_res_partner, test_start
