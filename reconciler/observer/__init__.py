"""Reads Stripe into values. It writes nothing, and judges nothing."""
