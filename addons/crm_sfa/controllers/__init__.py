from . import deals
from . import inquiry
from . import portal
