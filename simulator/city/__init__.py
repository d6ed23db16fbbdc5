"""The sample city: its data, its fleet of terminals, and the tour through the product."""
