from . import test_consent
from . import test_forget
from . import test_mailing_history
