"""Every HTTP address of the gateway, and why it shows nobody what they may not see."""

ROUTES = {
    "/graphql": "each field is in `fields`",
    "/files/{path:path}": "for who holds a link signed for that one file and method",
    "/auth/register": "makes something new",
    "/auth/login": "for who knows the password",
    "/auth/refresh": "for who holds the session's token",
    "/auth/logout": "for who holds the session's token",
    "/auth/logout-everywhere": "the sessions of who calls",
    "/auth/forgot-password": "answers the same for every address",
    "/auth/reset-password": "for who holds the token sent by mail",
    "/auth/providers": "the platform's own",
    "/auth/oauth/{provider}/start": "begins a sign-in",
    "/auth/oauth/{provider}/callback": "for who comes back from the provider",
    "/auth/oauth/{provider}/link": "the account of who calls",
    "/auth/exchange": "for who holds the key, the link, or names a public project",
    "/healthz": "the platform's own",
    "/readyz": "the platform's own",
    "/metrics": "the platform's own",
    "": "the studio's files, the same for everybody",
}
