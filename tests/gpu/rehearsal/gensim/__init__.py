"""A module `gensim` for a rehearsal of prove.py: what is asked of gensim is asked of w2vcore, which has the same names."""
