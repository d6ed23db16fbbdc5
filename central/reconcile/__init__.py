"""Reconciling: the ledger, Stripe's account and what drivers were given must tell one story."""
