"""A Stripe catalog as code: plan and apply products, prices and subscription plans."""
