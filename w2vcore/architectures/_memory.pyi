# All of it is for the loop over units, none for Python.
