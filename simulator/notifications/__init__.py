"""Where messages to drivers end in tests and demos: a mail server and a provider of text messages.

They share no code with the product and import nothing of it: what they hold is the oracle.
"""
