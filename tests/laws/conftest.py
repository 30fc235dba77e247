"""The long run of the laws is a profile of Hypothesis, known before any of them is read."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("long", print_blob=True)
