"""Adapters that exist on Linux only: the one place that may import fcntl and its kind."""
