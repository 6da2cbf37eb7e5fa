from . import agreement_dossier
