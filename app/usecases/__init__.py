"""What people do at a terminal, one verb per module: ports in, domain values out."""
