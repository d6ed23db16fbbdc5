"""What a screen can ask of a terminal, by who stands in front of it, as ``Task`` values.

Nothing happens before the task is started (``ui.screen.Screen.ask``, ``app.lanes.Lanes.run``).
"""
