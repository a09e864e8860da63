"""What mutations answer that end something."""

import strawberry


@strawberry.type(description="It is over, or was before. Grants given out for it live on for at most five minutes.")
class Ended:
    id: strawberry.ID
