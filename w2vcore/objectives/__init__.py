"""Floor 2: an objective names the target rows and labels for a centre word: negative sampling, hierarchical softmax."""
