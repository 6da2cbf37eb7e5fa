from . import test_card
from . import test_consent
from . import test_contact_data
from . import test_deletion
from . import test_import
from . import test_interaction
from . import test_timeline
from . import test_tours
