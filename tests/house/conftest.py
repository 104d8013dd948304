"""What these tests share with all others that run in a process."""

from tests.serving import one_django as one_django
