from . import (
    test_ntr_article,
    test_ntr_article_category,
    test_ntr_article_rights,
    test_tours,
)
