"""HR's console: the work queue, deadlines, equity, retention, holds, erasures and access requests."""
