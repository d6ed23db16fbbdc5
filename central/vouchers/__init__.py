"""Validation codes at central: issued, checked when a price is asked for, noted when used."""
