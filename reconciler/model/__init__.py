"""The words of the engine, and the pure rules on them. No I/O, and no Stripe kind is named here."""
