from . import crm_quota_share
from . import crm_quota_distribute
from . import crm_quota_recut
