"""Reading plates from photos in a process of its own: see `app.scan.client` for the way in."""
