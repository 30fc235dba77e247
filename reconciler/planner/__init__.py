"""From what is wanted and what is seen to a plan. Pure: no I/O, no clock, no kind by name.

`match` says whose each object is, `bind` picks the one object for each resource, `names` settles
natural keys, `embed` the entries that live in other objects' metadata, and `decide` what becomes of
each. `narrate` tells it as changes. `draft` makes the calls, `order` puts them in order, `walk`
writes the steps with what each relies on. `refuse` says what cannot be done at all, `guards` what
should not, `lifting` what is done in spite of it. `build` puts it together.
"""
