"""Starts the scan worker: ``python -m app.scan``; spoken to by `app.scan.client` only."""

import sys

from app.scan.worker import main

if __name__ == "__main__":
    sys.exit(main())
