"""Pages that say why: the firm of the cast, one kept untouched and copies to change."""

from tests.serving import one_django as one_django
from tests.web.conftest import as_user as as_user
from tests.web.conftest import clock as clock
from tests.web.conftest import own_copy as own_copy
from tests.web.conftest import served as served
from tests.web.conftest import untouched_firm as untouched_firm
