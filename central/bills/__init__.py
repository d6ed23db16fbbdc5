"""Bills: what is to pay for a ticket today, found by number or plate, kept before it is shown."""
