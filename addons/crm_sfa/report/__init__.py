from . import crm_forecast_accuracy
from . import crm_forecast_change
from . import crm_motive_report
from . import crm_order_board
from . import crm_payment_due
from . import crm_quota_report
