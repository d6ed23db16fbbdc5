"""Number leases: ranges of citation numbers that one terminal alone may use."""
