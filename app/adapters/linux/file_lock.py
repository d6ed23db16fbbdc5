"""A lock on a file that ends with the process, by flock. Any thread."""

import fcntl


def lock(handle: int) -> bool:
    """Take the lock of an open file; False when another process holds it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
