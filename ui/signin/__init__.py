"""Screens before the work: sign-in, first sign-in, choice of beat. Owner thread: the GUI thread."""
