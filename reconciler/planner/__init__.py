"""From what is wanted and what is seen to a plan. Pure: no I/O, no clock, no kind by name.

`match` says whose each object is, `bind` picks the one object for each resource, `names` settles
natural keys, `embed` the entries that live in other objects' metadata, `decide` what becomes of
each, `draft` the calls, `order` their order, `guards` what stops them. `build` puts it together.
"""
