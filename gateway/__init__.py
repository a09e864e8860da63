"""The web client's one door: GraphQL, sign-in and files over HTTP. It knows contracts and `kernel`, and no rules."""
