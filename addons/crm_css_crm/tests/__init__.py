from . import test_renewal_opportunity
