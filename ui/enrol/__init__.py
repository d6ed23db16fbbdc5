"""The screen of a device that has not joined the city yet. Owner thread: the GUI thread."""
