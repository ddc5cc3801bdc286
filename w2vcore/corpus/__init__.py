"""Floor 1: from files and iterables to counted keys and encoded ids.

How data flow through this floor::

    corpus_file=  -> CorpusFile ----.
    sentences=    -> a reader, list, > sources.as_corpus -> Corpus: checked, can be read often enough
                     any iterable --'         |
                                              +-> vocabulary.count_tokens -> RawCounts (keys as first seen)
                                              |       retain -> Retained (keys in index order, int64 counts)
                                              |       downsample -> Downsampling (what share of each key is trained)
                                              |
                                              `-> encoding.encode -> Batch, Batch, ... (uint32 ids, int64 offsets)
                                                      token_cache.TokenCache.store -> one Batch, in memory or mapped

`spooling` does both halves in one pass; `scanning` does them for text in files, without a Python object per token.

`files` opens text files, and says what any other file is. `readers` turns files into sentences, lists of str, by one
rule: a line ends at a newline, and its tokens are those of ``line.decode("utf8").split()``. `sources` chooses between
the two arguments that name a corpus, and tells a corpus that gives the same sentences on every pass (it is encoded once
a call) from one that must be read again each epoch; `containers` recognises objects that give no sentences at all.
`keying` is the rule that turns a token into its key. `vocabulary` counts and orders, with the rules of `trimming`;
`shortfall` says why nothing was left. `encoding` replaces tokens by ids, after which no Python string is touched; the
two loops over all tokens, counting and looking up, are in `_encoding.pyx`. `token_cache` holds the ids during training.
`feed` hands them out epoch after epoch.

Text that one of this library's readers reads from files takes a short cut past all of that: `scanning` turns its bytes
into ids in `_scanner.pyx`, whose loop is the C of `scan.h`, with the same tokens, sentences, ids and errors. Keys that
are str are kept in the hash table of `keys.h` instead of a dict, and `compact` presents them as a list and as a dict.

No token is lost anywhere on the way: sentences have no largest length, and each is in exactly one batch. Nothing here
knows of models, threads or settings; whatever a user's corpus raises comes through unchanged.
"""
