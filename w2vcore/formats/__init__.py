"""Floor 5, one wing: the bytes of a snapshot or of vectors, one file a format."""
