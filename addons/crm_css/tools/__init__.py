from . import webhook
from . import work
