from . import main
from . import support_form
