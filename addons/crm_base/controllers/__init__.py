from . import material
from . import portal_account
