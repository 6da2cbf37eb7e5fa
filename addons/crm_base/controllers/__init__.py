from . import material
