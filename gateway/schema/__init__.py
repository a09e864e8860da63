"""The GraphQL schema: one file per noun, merged here; printed in `gateway/schema.graphql`."""

import strawberry

from gateway.errors import Refuse
from gateway.scalars import CONFIG
from gateway.schema.account import AccountQuery
from gateway.schema.architectures import ArchitectureMutation, ArchitectureQuery
from gateway.schema.billing import BillingQuery
from gateway.schema.datasets import DatasetMutation, DatasetQuery
from gateway.schema.deletion import DeletionMutation, DeletionQuery
from gateway.schema.estimates import EstimateQuery
from gateway.schema.exports import ExportMutation, ExportQuery
from gateway.schema.invitations import InvitationMutation, InvitationQuery
from gateway.schema.keys import ApiKeyMutation, ApiKeyQuery
from gateway.schema.merges import MergeMutation, MergeQuery
from gateway.schema.organisations import OrganisationMutation, OrganisationQuery
from gateway.schema.passwords import PasswordMutation
from gateway.schema.projects import ProjectMutation, ProjectQuery
from gateway.schema.revisions import RevisionQuery
from gateway.schema.sessions import SessionMutation, SessionQuery
from gateway.schema.sharing import SharingMutation, SharingQuery
from gateway.schema.subscriptions import Subscription
from gateway.schema.templates import TemplateQuery
from gateway.schema.training import TrainingMutation, TrainingQuery
from gateway.schema.versions import VersionMutation, VersionQuery


@strawberry.type
class Query(
    AccountQuery,
    SessionQuery,
    DeletionQuery,
    OrganisationQuery,
    InvitationQuery,
    ApiKeyQuery,
    ProjectQuery,
    SharingQuery,
    TemplateQuery,
    ArchitectureQuery,
    VersionQuery,
    RevisionQuery,
    MergeQuery,
    DatasetQuery,
    TrainingQuery,
    EstimateQuery,
    ExportQuery,
    BillingQuery,
):
    pass


@strawberry.type
class Mutation(
    SessionMutation,
    DeletionMutation,
    PasswordMutation,
    OrganisationMutation,
    InvitationMutation,
    ApiKeyMutation,
    ProjectMutation,
    SharingMutation,
    ArchitectureMutation,
    VersionMutation,
    MergeMutation,
    DatasetMutation,
    TrainingMutation,
    ExportMutation,
):
    pass


SCHEMA = strawberry.Schema(Query, Mutation, Subscription, config=CONFIG, exception_handlers=[Refuse()])
