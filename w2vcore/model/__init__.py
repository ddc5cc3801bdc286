"""Floor 2: checked settings and the matrices that are trained."""
