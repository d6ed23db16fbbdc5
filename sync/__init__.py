"""What crosses the wire and how two sides converge. Imports ``parking`` only.

``records``, ``wire`` and ``merge`` serve both ends; ``engine`` and ``gateway`` only the terminal.
"""
