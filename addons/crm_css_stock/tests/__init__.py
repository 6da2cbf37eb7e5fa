from . import test_owned_stock
