"""Makes a catalog of what an account holds: the way back from Stripe to the file.

It is pure: a `Snapshot` goes in, a text and what it leaves out come out. What it writes it reads
again and plans, and nothing that would change an object stays in.
"""
