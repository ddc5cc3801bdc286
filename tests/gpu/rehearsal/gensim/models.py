"""The one class that prove.py asks for."""

from w2vcore import Word2Vec

__all__ = ["Word2Vec"]
