"""Wires the workspace service; `python -m services.workspace` runs it alone."""

import base64
import os
from pathlib import Path

from kernel.aggregate import Aggregate
from kernel.events import EventTypes, type_name
from kernel.host import run_alone
from kernel.keys import GRANT_KEY, PERSONAL_KEY
from kernel.service import Resources, Service, ServiceSpec
from neuralforge.workspace.v1 import events_pb2
from neuralforge.workspace.v1 import service_pb2_grpc as rpc
from neuralforge.workspace.v1.events_pb2 import (
    ApiKeyCreated,
    EmailReleased,
    EmailReserved,
    IdentityLinked,
    IdentityUnlinked,
    InvitationCreated,
    InvitationResent,
    PasswordChanged,
    PasswordResetRequested,
    SessionOpened,
    SessionRotated,
    ShareLinkCreated,
    UserRegistered,
)
from services.workspace.account_service import AccountService
from services.workspace.addresses import Addresses
from services.workspace.api_key_service import ApiKeyService
from services.workspace.deletion_service import Deletions
from services.workspace.exchanges import Exchanges
from services.workspace.grant_service import GrantService
from services.workspace.identities import Identities
from services.workspace.invitation_addresses import InvitationAddresses
from services.workspace.invitation_mail import InvitationMail
from services.workspace.invitation_post import InvitationPost
from services.workspace.invitation_service import InvitationService
from services.workspace.mail import mailer, public_url
from services.workspace.oauth_flows import Flows
from services.workspace.oauth_service import OAuthService
from services.workspace.organisation_service import OrganisationService
from services.workspace.organisations import Organisation
from services.workspace.password_mail import PasswordMail
from services.workspace.password_service import PasswordService
from services.workspace.passwords import Passwords
from services.workspace.project_service import ProjectService
from services.workspace.projection import PROJECTION
from services.workspace.providers import providers
from services.workspace.session_service import SessionService
from services.workspace.share_link_service import ShareLinkService
from services.workspace.sign_ins import SignIns
from services.workspace.signing import GrantSigner
from services.workspace.streams import Streams
from services.workspace.users import Users
from services.workspace.vault import Vault

# They hold hashes of passwords and tokens, or tell by their streams whether an address has an account.
HASHES = (
    EmailReserved,
    EmailReleased,
    IdentityLinked,
    IdentityUnlinked,
    UserRegistered,
    SessionOpened,
    SessionRotated,
    InvitationCreated,
    InvitationResent,
    PasswordChanged,
    PasswordResetRequested,
    ShareLinkCreated,
    ApiKeyCreated,
)


def _invitation_post(
    resources: Resources, tenants: Aggregate[Organisation], users: Users, addresses: InvitationAddresses
) -> InvitationPost:
    return InvitationPost(
        tenants,
        users,
        addresses,
        InvitationMail(mailer(os.environ, resources.folder), public_url(os.environ)),
        resources.database,
        resources.keys.secret(PERSONAL_KEY, "tokens of invitations"),
        resources.clock,
    )


def build(resources: Resources) -> Service:
    vault = Vault(resources.database.every_tenant, resources.keys.secret(PERSONAL_KEY, "keys of persons"))
    reservations = Addresses(resources.log, resources.keys.secret(PERSONAL_KEY, "e-mail addresses"))
    users = Users(resources.log, vault, reservations)
    streams = Streams(resources.log)
    tenants, joined, open_sessions = streams.organisations, streams.memberships, streams.sessions
    keys, links, known_projects = streams.api_keys, streams.share_links, streams.projects
    addresses = InvitationAddresses(resources.database)
    post = _invitation_post(resources, tenants, users, addresses)
    signer = GrantSigner(resources.keys.private(GRANT_KEY))
    clock = resources.clock
    sign_ins = SignIns(tenants, open_sessions, signer)
    passwords = Passwords()
    identities = Identities(resources.log, resources.keys.secret(PERSONAL_KEY, "accounts at providers"))
    reset_mail = PasswordMail(mailer(os.environ, resources.folder), public_url(os.environ))
    flows = Flows(base64.urlsafe_b64encode(resources.keys.secret(PERSONAL_KEY, "sign-ins under way")))
    deletions = Deletions(
        users, tenants, joined, identities, open_sessions, passwords, resources.database.every_tenant, clock
    )
    account_service = AccountService(users, tenants, open_sessions, passwords, deletions, sign_ins, clock)
    exchanges = Exchanges(keys, links, streams.public_projects, known_projects, tenants, users, signer, clock)
    return Service(
        servicers=[
            (rpc.add_AccountServiceServicer_to_server, account_service),
            (
                rpc.add_OAuthServiceServicer_to_server,
                OAuthService(providers(os.environ), flows, identities, users, open_sessions, sign_ins, clock),
            ),
            (
                rpc.add_PasswordServiceServicer_to_server,
                PasswordService(users, open_sessions, passwords, identities, reset_mail, clock),
            ),
            (
                rpc.add_SessionServiceServicer_to_server,
                SessionService(users, open_sessions, resources.database.every_tenant, clock),
            ),
            (
                rpc.add_OrganisationServiceServicer_to_server,
                OrganisationService(tenants, users, joined, clock),
            ),
            (
                rpc.add_InvitationServiceServicer_to_server,
                InvitationService(tenants, users, joined, addresses, post, clock),
            ),
            (
                rpc.add_ProjectServiceServicer_to_server,
                ProjectService(known_projects, streams.project_names, resources.database, clock),
            ),
            (
                rpc.add_ShareLinkServiceServicer_to_server,
                ShareLinkService(links, known_projects, resources.database, clock),
            ),
            (
                rpc.add_ApiKeyServiceServicer_to_server,
                ApiKeyService(keys, tenants, known_projects, resources.database, clock),
            ),
            (rpc.add_GrantServiceServicer_to_server, GrantService(signer, resources.keys.public_keys(), exchanges)),
        ],
        background=[post.run],
    )


SPEC = ServiceSpec(
    context="workspace",
    types=EventTypes(events_pb2),
    schema=Path(__file__).with_name("schema.sql"),
    projection=PROJECTION,
    build=build,
    across_tenants=True,
    private=frozenset(map(type_name, HASHES)),
)

if __name__ == "__main__":
    run_alone(SPEC)
