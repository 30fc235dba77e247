"""Exit codes, all of them. When several hold: 1, then 3, then 2.

Errors carry their own (`errors.ReconcilerError.exit_code`); these are what commands return.
"""

from __future__ import annotations

DONE = 0
ERROR = 1
PENDING = 2
"""Something is to be done, and `--detailed-exitcode` asked for it: changes, or problems."""
BLOCKED = 3
