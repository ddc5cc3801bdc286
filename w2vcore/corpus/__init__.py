"""Floor 1: from files and iterables to counted keys and encoded ids."""
