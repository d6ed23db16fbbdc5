"""Parts that screens are made of: painted, measured, themed; each takes a frozen view.

Owner thread: the GUI thread. Must not import the rules, the use cases or a screen.
"""
