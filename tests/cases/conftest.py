"""Rules, plans, documents and signatures as the cast meets them: one firm kept untouched, and copies to change."""

from tests.postgres import postgres as postgres
from tests.postgres import schema as schema
from tests.serving import one_django as one_django
from tests.web.conftest import as_user as as_user
from tests.web.conftest import clock as clock
from tests.web.conftest import own_copy as own_copy
from tests.web.conftest import served as served
from tests.web.conftest import untouched_firm as untouched_firm
