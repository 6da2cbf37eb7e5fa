from . import test_company
from . import test_new_ticket_tour
from . import test_rating
from . import test_tours
