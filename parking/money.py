"""Money: whole US cents, one way to write it."""


def usd(amount_cents: int) -> str:
    """Write whole cents as US dollars, independent of any locale: ``1234567`` -> ``$12,345.67``."""
    sign = "-" if amount_cents < 0 else ""
    dollars, cents = divmod(abs(amount_cents), 100)
    return f"{sign}${dollars:,}.{cents:02d}"
