from . import inquiry
from . import portal
