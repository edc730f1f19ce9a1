from . import test_chromium
from . import test_print
from . import test_resource
from . import test_tools
