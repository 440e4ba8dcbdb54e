"""What the readers of a crawl raised."""

from __future__ import annotations


def first_of(errors: ExceptionGroup[Exception]) -> Exception:
    """One of the errors that readers raised: the others were under way when it ended them."""
    error: Exception = errors
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
