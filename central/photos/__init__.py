"""Photo files: evidence named by the hash of its bytes."""
