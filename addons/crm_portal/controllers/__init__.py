from . import company
from . import portal
