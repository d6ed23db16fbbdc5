"""Every painted part with sample words, on sheets: to look at, and for the tests of the parts."""
