"""The bars of sync, each a ratio within one run or a limit: ``./bench sync``."""
