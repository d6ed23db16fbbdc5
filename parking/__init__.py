"""The rules of parking: plates, rights, tariffs, coverage, citations, money.

Pure domain code on the standard library alone: no I/O, no clock, no Qt, no SQL. The same
functions decide on the terminal and at central. Must not import any other package of ours.
"""
