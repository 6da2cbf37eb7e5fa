from . import complaint
from . import main
from . import rating
