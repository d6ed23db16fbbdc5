"""The world behind the ports of ``app``: secret stores, printer, clock, process lock.

The only importer of keyring and escpos. Adapters that need Qt live in ``ui.devices``.
"""
