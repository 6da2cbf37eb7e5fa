from . import crm_value_source
from . import crm_analytics_job
from . import crm_customer_month
from . import crm_sale_month
from . import res_company_board
from . import res_partner_month
