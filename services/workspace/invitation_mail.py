"""What the mail to an invited person says."""

import structlog

from services.workspace.invitations import LIFETIME
from services.workspace.mail import Mailer, MailFailed

TEXT = """{inviter} invites you to work in {organisation} on NeuralForge.

To accept or decline, open this link and sign in with this e-mail address, or register with it:

{link}

The link is good for {days} days and for you alone: do not pass it on. If you do not know who invites you, do nothing.
"""
logger = structlog.get_logger()


class InvitationMail:
    """The token stands behind the link's `#`, so that no server on the way sees it."""

    def __init__(self, mailer: Mailer, public_url: str) -> None:
        self._mailer = mailer
        self._public_url = public_url

    async def send(self, to: str, inviter: str, organisation: str, token: str, id: str) -> bool:
        """Whether the mail was handed over. Where it was not, whoever invites is told, and has the token."""
        link = f"{self._public_url}/invitation#{token}"
        text = TEXT.format(inviter=inviter, organisation=organisation, link=link, days=LIFETIME.days)
        try:
            await self._mailer.send(to, f"{inviter} invites you to {organisation} on NeuralForge", text, id)
        except MailFailed as error:
            logger.warning("an invitation was not mailed; is NF_SMTP_URL right?", error=str(error))
            return False
        return True
