"""Floor 5, the other wing: answers from vectors."""
