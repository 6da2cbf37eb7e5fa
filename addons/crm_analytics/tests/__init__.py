from . import test_analysis
from . import test_analysis_tour
from . import test_value_source
