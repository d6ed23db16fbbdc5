"""The terminal's use cases, ports and adapters, and the one place that wires a terminal.

Runs without Qt. Imports ``local_db``, ``sync`` and ``parking``; never ``ui`` or ``central``.
"""
