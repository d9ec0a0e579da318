"""A stand-in without the rights of root, who may read and write any file."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from livebook_ls.standin import StandIn, StandInSettings

_NOBODY = 65534


@contextmanager
def unprivileged_stand_in(settings: StandInSettings) -> Iterator[str]:
    """The URL of a stand-in that is not root: here if we aren't, else in a child process."""
    if os.geteuid() != 0:
        with StandIn(settings) as stand_in:
            yield stand_in.url
        return
    url_read, url_write = os.pipe()
    end_read, end_write = os.pipe()
    with warnings.catch_warnings():
        # The child uses nothing that another thread could have locked.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(end_write)
        _serve(settings, url_write, end_read)
    os.close(url_write)
    os.close(end_read)
    with os.fdopen(url_read, encoding="utf-8") as reader:
        url = reader.readline()
        yield url
        os.close(end_write)
        os.waitpid(child, 0)


def _serve(settings: StandInSettings, url_write: int, end_read: int) -> None:
    """Serve until the parent closes its end; never returns."""
    try:
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
        with StandIn(settings) as stand_in:
            os.write(url_write, stand_in.url.encode())
            os.close(url_write)
            os.read(end_read, 1)
    finally:
        os._exit(0)
