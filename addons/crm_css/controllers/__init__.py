from . import article
from . import main
