"""How often one user may ask: a program that runs wild slows itself down, not the pages of everybody else."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from courtside.api.identity import visit_in

REQUESTS, SECONDS = 600, 60.0
"""So many requests of one user in so many seconds, counted in each process."""


@dataclass
class Pace(BaseThrottle):
    """The last requests of every user; safe for threads."""

    most: int = REQUESTS
    clock: Callable[[], float] = time.monotonic
    _asked: dict[int, deque[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allow_request(self, request: HttpRequest) -> bool:
        """Whether the user behind a request has asked less than `most` times in the last minute; counts this one."""
        user, now = visit_in(request).viewer.user_id, self.clock()
        with self._lock:
            asked = self._asked.setdefault(user, deque(maxlen=self.most))
            if len(asked) == self.most and now - asked[0] < SECONDS:
                return False
            asked.append(now)
            return True

    def wait(self) -> float:
        """After how many seconds asking again makes sense."""
        return SECONDS
