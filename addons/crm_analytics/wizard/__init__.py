from . import crm_analysis_act
