"""Rights sold elsewhere: the providers of the driver's own app send them here."""
