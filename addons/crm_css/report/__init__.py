from . import crm_article_gap
