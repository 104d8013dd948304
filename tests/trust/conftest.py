"""The firm of the cast, for suites that try every door."""

from tests.serving import one_django as one_django
from tests.shell.conftest import copy_of as copy_of
from tests.shell.conftest import empty as empty
from tests.shell.conftest import firm as firm
from tests.shell.conftest import full as full
from tests.shell.conftest import untouched_empty as untouched_empty
from tests.shell.conftest import untouched_full as untouched_full
from tests.web.conftest import as_user as as_user
from tests.web.conftest import clock as clock
from tests.web.conftest import own_copy as own_copy
from tests.web.conftest import served as served
from tests.web.conftest import untouched_firm as untouched_firm
