"""Constants that the command line's tests share."""

SIMULATED = ("--simulator", "stripe.db")
