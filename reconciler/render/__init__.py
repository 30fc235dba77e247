"""Plans and outcomes for people. Nothing here computes a change: it only shows what is there."""
