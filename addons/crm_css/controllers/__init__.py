from . import complaint
from . import article
from . import main
from . import rating
from . import service
from . import support_form
from . import uploads
