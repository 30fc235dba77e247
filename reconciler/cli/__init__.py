"""The command line. One module declares each command; the work imports what it needs when run."""
