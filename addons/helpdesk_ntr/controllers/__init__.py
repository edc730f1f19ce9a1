from . import portal, support_answer
