"""The gateway as a process of its own, with settings from the environment."""

import os

from gateway.app import create_app, server
from gateway.settings import read_settings
from kernel.log_setup import set_up_logging
from kernel.settings import port


def main() -> None:
    set_up_logging()
    app = create_app(read_settings(os.environ))
    server(app, os.environ.get("NF_HTTP_HOST") or "127.0.0.1", port(os.environ, "NF_HTTP_PORT", 8080)).run()


if __name__ == "__main__":
    main()
