"""The screens of the terminal and the Qt devices. The only importer of PySide6.

Owner thread: the GUI thread. Must not import local_db, sync, central, httpx or SQLAlchemy.
"""
