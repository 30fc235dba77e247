"""The real Stripe: calls, paging, pacing, retries and errors. The only place that holds a key."""
