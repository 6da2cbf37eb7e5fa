from . import controllers
from . import wizard
from . import models
from . import report
from . import wizard
