"""Addresses (``s3://...``, ``https://...``) that smart_open opens, if the packages for them are installed."""

from __future__ import annotations

# Kind of address -> the extra of smart_open that brings its packages.
_EXTRAS = {
    **dict.fromkeys(("http", "https"), "http"),
    **dict.fromkeys(("s3", "s3n", "s3a"), "s3"),
    **dict.fromkeys(("gs", "gcs"), "gcs"),
    **dict.fromkeys(("ssh", "scp", "sftp"), "ssh"),
    "azure": "azure",
    "webhdfs": "webhdfs",
}


def check_installed(address: str, named: str) -> None:
    """Refuse an address that smart_open cannot open here.

    Parameters
    ----------
    address : str
    named : str
        What to call it in messages.

    Raises
    ------
    ImportError
        If a package is not installed; the message says which extra of smart_open brings it.
    ValueError
        If there is no such kind of address.

    Examples
    --------
    >>> check_installed("odd://somewhere", "corpus_file='odd://somewhere'")
    Traceback (most recent call last):
        ...
    ValueError: corpus_file='odd://somewhere': 'odd' is no kind of address that can be opened; name a file
    """
    from smart_open import transport

    scheme = address.partition("://")[0].lower()
    try:
        transport.get_transport(scheme)
    except (ImportError, NotImplementedError) as error:
        if scheme in _EXTRAS:
            raise ImportError(
                f"{named} needs a package that is not installed: pip install smart_open[{_EXTRAS[scheme]}]"
            ) from error
        raise ValueError(f"{named}: {scheme!r} is no kind of address that can be opened; name a file") from error
