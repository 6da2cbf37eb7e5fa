from . import test_analysis
from . import test_analysis_tour
from . import test_value_source
from . import test_boards
from . import test_boards_tour
