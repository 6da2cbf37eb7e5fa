from . import test_order_board
from . import test_reader
