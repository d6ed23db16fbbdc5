"""Correcting the plate of a citation, as a page of the officer and of the desk."""
