"""What a look at an account tells: who holds what, and what is wrong with it. Pure: no I/O.

It judges what is there without a plan, of every catalog at once. Not what a plan would change.
"""
