"""The supervisor's desk at 1440x900: shift report, held citations."""
