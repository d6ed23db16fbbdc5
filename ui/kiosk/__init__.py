"""The screens of a pay station: plate, time, card, receipt.

Owner thread: the GUI thread. Must not import storage, the wire or anything of central.
"""
