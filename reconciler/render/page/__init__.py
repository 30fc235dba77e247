"""A plan as a page for who must approve it: one HTML file, read without a network or a script."""
