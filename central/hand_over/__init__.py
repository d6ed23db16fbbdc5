"""Hand-over files: what a terminal without a network held, brought in through a desk."""
