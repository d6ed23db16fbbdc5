"""An emulator of the Stripe API subset for Terminal card payments.

Its own process, real HTTP on the loopback interface. Imports nothing of the product and not the
`stripe` package.
"""
