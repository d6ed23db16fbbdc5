"""How it stands with city hall, for everybody who works at a terminal."""
