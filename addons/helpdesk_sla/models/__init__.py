from . import ntr_contract, res_partner
