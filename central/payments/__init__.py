"""Card payments: authorise, then right and ledger in one transaction, then capture.

The only importer of ``stripe``. One ``advance()`` reads Stripe's state and moves a payment
forward; webhook, poll, terminal and reconcile job merely wake it (docs/decisions/0011).
"""
