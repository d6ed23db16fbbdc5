"""Devices that need Qt or stand beside it: camera, PDF writer. They implement ports of ``app``."""
