"""What these tests share with those of commands: workspaces, and one Django in a process."""

from tests.serving import one_django as one_django
from tests.shell.conftest import copy_of as copy_of
from tests.shell.conftest import empty as empty
from tests.shell.conftest import firm as firm
from tests.shell.conftest import full as full
from tests.shell.conftest import untouched_empty as untouched_empty
from tests.shell.conftest import untouched_full as untouched_full
