"""What users' subclasses of Word2Vec may override, and what they may not."""

from __future__ import annotations

from typing import Any

# Inner methods of gensim's Word2Vec, which subclasses in other programs override to change what the workers do. Nothing
# here calls them, so an override would have no effect, and nobody would notice.
INNER_METHODS = (
    *("_scan_vocab", "_do_train_epoch", "_do_train_job", "_clear_post_train", "_worker_loop", "_job_producer"),
    *("_worker_loop_corpusfile", "_log_epoch_progress", "_train_epoch_corpusfile", "_train_epoch", "_get_next_alpha"),
    *("_get_thread_working_mem", "_raw_word_count", "_check_corpus_sanity", "_check_training_sanity", "_log_progress"),
    *("_log_epoch_end", "_log_train_end", "_save_specials", "_load_specials", "_smart_save"),
)


def overrides(thing: Any, base: type, *names: str) -> bool:
    """Whether the class of an object has one of these methods in place of that of `base`.

    Examples
    --------
    >>> class Base:
    ...     def act(self): pass
    >>> class Own(Base):
    ...     def act(self): pass
    >>> overrides(Own(), Base, "act"), overrides(Base(), Base, "act")
    (True, False)
    """
    return any(getattr(type(thing), name) is not getattr(base, name) for name in names)


def refuse_inner_methods(cls: type) -> None:
    """Raise an error if a class has one of gensim's inner methods.

    Raises
    ------
    TypeError
        It names the method, and what to do instead.
    """
    for name in INNER_METHODS:
        if hasattr(cls, name):
            raise TypeError(
                f"{cls.__name__} overrides {name}, an inner method of gensim's Word2Vec that is never called here: "
                "training runs in compiled code. To draw sentences anew in each epoch, pass an iterable whose __iter__ "
                "draws them; to do something between epochs, pass callbacks; public methods (build_vocab, scan_vocab, "
                "prepare_vocab, train, save, load) may be overridden"
            )
