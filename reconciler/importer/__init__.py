"""Makes a catalog of what an account holds, and compares accounts and files with one another.

It is pure: a `Snapshot` goes in, a text and what it leaves out come out. What it writes it reads
again and plans, and nothing that would change an object stays in. A comparison has the two sides
made alike in form, pairs what is the same, and asks the planner for the rest.
"""
