"""Edits of terminals at central: merged per field in the push's transaction, nothing ever lost."""
