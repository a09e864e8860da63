"""The screens people have, and what must not happen on any of them."""

import re
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, StorageState, WebError

Kind = Mapping[str, Any]
PHONE: Kind = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
TABLET: Kind = {"viewport": {"width": 820, "height": 1180}, "has_touch": True, "is_mobile": True}
DESK: Kind = {"viewport": {"width": 1440, "height": 900}}
SCREENS = {"phone": PHONE, "tablet": TABLET, "desk": DESK}

# The policy's violations reach the console by themselves, but not from workers and not always with what it was.
WATCH = """addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
  console.error(`policy violated: ${violatedDirective} ${blockedURI} ${sample}`))"""


class Troubles:
    """What went wrong in browsers: errors in the console and in pages, policy violations, requests that failed."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self._provoked: list[re.Pattern[str]] = []

    def provoke(self, *patterns: str) -> None:
        """What the test itself brings about."""
        self._provoked += [re.compile(pattern) for pattern in patterns]

    @property
    def found(self) -> list[str]:
        return [each for each in self._found if not any(pattern.search(each) for pattern in self._provoked)]

    def watch(self, context: BrowserContext) -> None:
        context.add_init_script(WATCH)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._found.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _error(self, error: WebError) -> None:
        self._found.append(f"page: {error.error}")

    def _failed(self, request: Request) -> None:
        # A page that goes away takes its requests along; that is no failure of theirs.
        if request.failure and request.failure != "net::ERR_ABORTED":
            self._found.append(f"request: {request.method} {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self._found.append(f"answer: {response.request.method} {response.url} {response.status}")


class Screens:
    """Opens browsers' windows, each as on a device of its own; closes them all in the end."""

    def __init__(self, browser: Browser, url: str, troubles: Troubles) -> None:
        self._browser = browser
        self._url = url
        self._troubles = troubles
        self._contexts: list[BrowserContext] = []

    def context(
        self,
        kind: Kind = DESK,
        session: StorageState | None = None,
        *,
        dark: bool = False,
        workers: bool = False,
    ) -> BrowserContext:
        """With service `workers` only where a test is about them, as each installs the whole studio."""
        context = self._browser.new_context(
            **kind,
            base_url=self._url,
            storage_state=session,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            service_workers="allow" if workers else "block",
            accept_downloads=True,
        )
        context.set_default_timeout(20_000)
        self._troubles.watch(context)
        self._contexts.append(context)
        return context

    def page(self, kind: Kind = DESK, session: StorageState | None = None, *, dark: bool = False) -> Page:
        return self.context(kind, session, dark=dark).new_page()

    def close(self) -> None:
        for context in self._contexts:
            context.close()
