"""Refunds: asked for by supervisors as facts, decided here, carried out at Stripe exactly once."""
