"""Simulated surroundings of the product: card network, reader, city. In no bundle."""
