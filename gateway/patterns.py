"""Which route a request took, by its pattern: what a client has made up itself is not repeated in metrics and spans."""

from functools import lru_cache
from typing import Any

from starlette.types import Scope

NONE = "none"


def pattern(scope: Scope) -> str:
    """`/files/{path:path}`, once the router has chosen; "none" before that, and where there is no such route.

    FastAPI notes the endpoint of a plain route, not the route.
    """
    app, endpoint = scope.get("app"), scope.get("endpoint")
    return _patterns(app).get(endpoint, NONE) if app and endpoint else NONE


@lru_cache(8)
def _patterns(app: Any) -> dict[Any, str]:
    return {getattr(route, "endpoint", None) or route.app: route.path or "/" for route in app.routes}
