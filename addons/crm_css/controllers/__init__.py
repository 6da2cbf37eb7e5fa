from . import article
from . import complaint
from . import main
from . import rating
from . import service
from . import support_form
from . import uploads
