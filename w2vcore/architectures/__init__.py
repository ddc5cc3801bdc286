"""Floor 2: an architecture chooses centres, windows and input rows, and hands them to the block: skip-gram, CBOW."""
