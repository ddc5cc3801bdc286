"""Commands under gensim's names, run as ``python -m w2vcore.scripts.NAME``.

    word2vec_standalone   train with the options of word2vec.c
    word2vec2tensor       vectors -> the two TSV files of the Embedding Projector
    glove2word2vec        GloVe text -> word2vec text

They log their progress to stderr and write nothing to stdout. A failure is one line on stderr and exit status 1; a
wrong command line is exit status 2.
"""
