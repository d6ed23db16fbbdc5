"""The life of a pay station around its screens: its window, its watchdog, rest, service, closing.

Owner thread: the GUI thread.
"""
