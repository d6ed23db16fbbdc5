"""Builds what is shipped. Imports nothing of the product; runs on a developer's machine only."""
