"""What the mail to somebody who forgot their password says."""

import structlog

from services.workspace.mail import Mailer, MailFailed

TEXT = """Somebody, most likely you, asked to set a new password for your NeuralForge account.

To set it, open this link within an hour:

{link}

The link is good once. All your devices are signed out then, and accounts at other providers are unlinked. If you did
not ask for this, do nothing: your password stays as it is.
"""
logger = structlog.get_logger()


class PasswordMail:
    """The token stands behind the link's `#`, so that no server on the way sees it."""

    def __init__(self, mailer: Mailer, public_url: str) -> None:
        self._mailer = mailer
        self._public_url = public_url

    async def send(self, to: str, token: str) -> None:
        text = TEXT.format(link=f"{self._public_url}/reset-password#{token}")
        try:
            await self._mailer.send(to, "Set a new password for NeuralForge", text)
        except MailFailed as error:
            logger.warning("a mail to reset a password was not sent; is NF_SMTP_URL right?", error=str(error))
