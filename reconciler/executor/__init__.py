"""From an approved plan to what was done. It makes the calls of the plan and no others.

`run` drives, `fresh` makes sure that nothing has moved, `journal` remembers, `resume` finds out
what became of a call without an answer, `verify` proves the end, `rehearse` sends nothing.
"""
