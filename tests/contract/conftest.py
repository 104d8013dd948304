"""What the tests of engines use: a PostgreSQL of their own."""

from __future__ import annotations

from tests.postgres import postgres as postgres
from tests.postgres import schema as schema
from tests.serving import one_django as one_django
