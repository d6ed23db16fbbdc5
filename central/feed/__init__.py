"""The change feed: what terminals pull, and the channel that wakes them."""
