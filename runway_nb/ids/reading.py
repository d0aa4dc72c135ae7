"""Find the task ids in a text or in a variable's value. No I/O.

Every id found here is looked up and so leaves the machine. Ids that belong to something else (a video, a request)
are therefore skipped, and so are credentials, which can look exactly like ids.
"""

from __future__ import annotations

from collections.abc import Collection

from ..service.key import Secret
from .search import Found, find, unique

__all__ = ["Found", "find", "read"]


def read(value: object, secrets: Collection[Secret] = ()) -> Found:
    """Find the task ids in a variable's value.

    Args:
        value: An id or a text, a `Task`, an API response (as a dict, or as the HTTP library's object), a table or
            column of pandas, polars or pyarrow, a numpy array, a row of a database, or a dict or iterable of these.
            An iterator is consumed.
        secrets: The keys in use. They are never ids, in any spelling.

    Raises:
        ValueError: If a value of this type cannot hold task ids, or it is a table without one clear column of them.
    """
    from .values import Reader  # the cell magic reads texts only

    reader = Reader(secrets)
    reader.read(value)
    return Found(unique(reader.ids), reader.left_out)
