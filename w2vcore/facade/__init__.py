"""What the facades share: attributes that users set, lifecycle events, files, names of gensim 3, subclassing."""
