from . import test_value_source
