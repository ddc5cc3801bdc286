"""Facade: vectors to look at. Each module is one kind of picture, and is imported when it is asked for."""
