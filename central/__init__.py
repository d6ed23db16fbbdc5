"""The central service: one city, one PostgreSQL database, a package per feature.

Runs on Linux only. Must not import local_db, app, ui, sync.engine or sync.gateway.
"""
