"""Snapshots: ready-made SQLite files from which a terminal starts instead of reading pages."""
