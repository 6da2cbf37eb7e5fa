from . import portal
from . import inquiry
