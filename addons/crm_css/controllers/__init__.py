from . import complaint
from . import main
from . import rating
from . import support_form
from . import service
