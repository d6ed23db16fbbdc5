"""Quotes: the price of parking time, computed at central alone and stored before it is shown."""
