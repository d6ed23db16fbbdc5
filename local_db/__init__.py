"""The terminal's encrypted SQLite: tables, outbox, lookups, photos, migrations.

Two files under one key: ``records`` (what was made here, never rebuilt) and ``reference`` (what the
feed brings, may be thrown away and fetched again). Rows become domain values here and nowhere
above. Imports ``sync`` and ``parking``; must not import ``app``, ``ui`` or ``central``.
"""
