from . import (
    test_commission_access,
    test_commission_expected,
    test_commission_plan,
    test_commission_statement,
    test_commission_tour,
)
