"""The officer's screens at 1280x800: check, answer, citation, issued, menu."""
