"""A person at an emulated card reader: presents test cards. Imports nothing of the product."""
