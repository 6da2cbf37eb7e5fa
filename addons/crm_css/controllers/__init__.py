from . import main
from . import service
