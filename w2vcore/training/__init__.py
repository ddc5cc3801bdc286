"""Floor 4: cuts a corpus into jobs, sets their learning rates, runs the epochs, reports progress."""
