"""A stateful Stripe on this machine: paths, parameters, shapes, errors, idempotency and paging.

It is not a mock of our own gateway: nothing here imports the engine, and its rules come from the
SDK's parameter types (`contract.json`) and from what is known of Stripe's behaviour. The doors are
`core.Simulator`, `transport.SimulatorTransport` and `server.serve`.
"""
