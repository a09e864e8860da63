"""Reading request bodies: JSON of a bounded size, from a client that can set headers."""

from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from gateway.errors import Problem

CLIENT_HEADER = "x-nf-client"


def require_client(request: Request) -> None:
    """A page of another origin cannot set this header, so it cannot act for a signed-in person. Raises Problem."""
    if not request.headers.get(CLIENT_HEADER):
        raise Problem(403, "CLIENT_HEADER", "send the header X-NF-Client with the name of your client")


async def json_body(request: Request, most: int) -> Any:
    """The parsed body; raises Problem for another type, too many bytes or malformed JSON."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "MEDIA_TYPE", "send the body as JSON with `content-type: application/json`")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise Problem(413, "TOO_LARGE", f"the body has more than the {most} bytes taken here; send less")
        return orjson.loads(body)
    except ClientDisconnect as error:
        raise Problem(400, "INCOMPLETE", "the connection ended before the body was whole; send it again") from error
    except orjson.JSONDecodeError as error:
        raise Problem(400, "INVALID_JSON", f"the body is not JSON: {error}") from error
