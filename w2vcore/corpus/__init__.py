"""Floor 1: from files and iterables to counted keys and encoded ids.

The data's way through this floor::

    corpus_file=  -> CorpusFile ----.
    sentences=    -> a reader, list, > sources.as_corpus -> Corpus: checked, can be read often enough
                     any iterable --'         |
                                              +-> vocabulary.count_tokens -> RawCounts (keys as first seen)
                                              |       retain -> Retained (keys in index order, int64 counts)
                                              |       downsample -> Downsampling (what share of each key is trained)
                                              |
                                              `-> encoding.encode -> Batch, Batch, ... (uint32 ids, int64 offsets)
                                                      token_cache.TokenCache.store -> one Batch, in memory or mapped

    `spooling` does both halves in one reading; `scanning` does them for text in files, without a Python object a token.

`files` opens what is a file, and says what else it is. `readers` turns files into sentences, lists of str, by one rule:
a line ends at a newline, and its tokens are those of ``line.decode("utf8").split()``. `sources` decides between the two
arguments that name a corpus, and whether it gives the same sentences on every pass (then it is encoded once a call) or
must be read afresh each epoch; `containers` knows what gives no sentences at all. `vocabulary` counts and orders, with
the rules of `trimming`; `shortfall` says why nothing was left. `encoding` replaces tokens by ids, after which no Python
string is touched; the two loops over all tokens, counting and looking up, are in `_encoding.pyx`. `token_cache` holds
the ids while they are trained. `feed` gives them out epoch after epoch.

Text in files, where it is one of our own readers that says so, takes a short cut past all of that: `scanning` makes ids
of its bytes in `_scanner.pyx`, whose loop is the C of `scan.h`, with the same tokens, sentences, ids and errors. Keys
that are str are in the table of `keys.h` and not in a dict, and `compact` shows them as a list and as a dict.

No token is lost anywhere on the way: sentences have no largest length, and each is in exactly one batch. Nothing here
knows of models, threads or settings; whatever a user's corpus raises comes through unchanged.
"""
