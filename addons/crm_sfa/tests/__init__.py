from . import test_relationship
from . import test_forget
from . import test_merge
from . import test_sales_history
from . import test_stand_in
from . import test_tours
from . import test_uninvoiced
