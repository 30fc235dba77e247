"""Pacing, in virtual time and against the simulator's own limiter."""
