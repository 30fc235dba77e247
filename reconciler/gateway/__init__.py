"""The real Stripe: calls, paging, pacing, retries and errors. The only place that holds a key.

`forge` is the same for the code hosts, whose tokens are kept there alone.
"""
