from . import ntr_article, ntr_article_category
