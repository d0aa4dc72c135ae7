"""The API's error codes, for tests of what reads them."""

from __future__ import annotations

from runway_nb.model.errors import (
    ApiError,
    AuthenticationError,
    ImageAccessError,
    MaintenanceError,
    ParameterError,
    RateLimitError,
    ServerError,
    TaskNotFoundError,
)

ERRORS_BY_CODE: dict[int, type[ApiError]] = {
    401: AuthenticationError,
    402: ApiError,
    404: TaskNotFoundError,
    408: ApiError,
    422: ParameterError,
    429: RateLimitError,
    451: ImageAccessError,
    455: MaintenanceError,
    500: ServerError,
    501: ServerError,
    505: ServerError,
}
"""The class of error for each code that the service sends."""
