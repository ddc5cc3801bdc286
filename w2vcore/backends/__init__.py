"""Floor 3: a backend runs jobs on borrowed weights: worker threads, and the NumPy reference, their test oracle."""
