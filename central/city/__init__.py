"""The city's own data: zones, rates, people, lists, loaded from files by operations."""
