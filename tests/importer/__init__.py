"""Tests of imports: golden accounts, and the command line."""
