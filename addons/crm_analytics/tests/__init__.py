from . import test_value_source
from . import test_clusters
from . import test_clusters_tour
from . import test_demand
from . import test_distribution
