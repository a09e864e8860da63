"""The RPC clients the schema calls, made once."""

from kernel.client import Neighbours
from neuralforge.billing.v1.service_pb2_grpc import UsageServiceStub
from neuralforge.dataset.v1.service_pb2_grpc import DatasetServiceStub
from neuralforge.export.v1.service_pb2_grpc import ExportServiceStub
from neuralforge.graph.v1.service_pb2_grpc import ArchitectureServiceStub, TemplateServiceStub
from neuralforge.training.v1.service_pb2_grpc import RunServiceStub
from neuralforge.workspace.v1.service_pb2_grpc import (
    AccountServiceStub,
    ApiKeyServiceStub,
    GrantServiceStub,
    InvitationServiceStub,
    OAuthServiceStub,
    OrganisationServiceStub,
    PasswordServiceStub,
    ProjectServiceStub,
    SessionServiceStub,
    ShareLinkServiceStub,
)


class Stubs:
    """One attribute per gRPC service; raises KeyError for a context without an address."""

    def __init__(self, neighbours: Neighbours) -> None:
        self.accounts = neighbours.stub("workspace", AccountServiceStub)
        self.passwords = neighbours.stub("workspace", PasswordServiceStub)
        self.oauth = neighbours.stub("workspace", OAuthServiceStub)
        self.sessions = neighbours.stub("workspace", SessionServiceStub)
        self.grants = neighbours.stub("workspace", GrantServiceStub)
        self.organisations = neighbours.stub("workspace", OrganisationServiceStub)
        self.invitations = neighbours.stub("workspace", InvitationServiceStub)
        self.share_links = neighbours.stub("workspace", ShareLinkServiceStub)
        self.api_keys = neighbours.stub("workspace", ApiKeyServiceStub)
        self.projects = neighbours.stub("workspace", ProjectServiceStub)
        self.architectures = neighbours.stub("graph", ArchitectureServiceStub)
        self.templates = neighbours.stub("graph", TemplateServiceStub)
        self.datasets = neighbours.stub("dataset", DatasetServiceStub)
        self.runs = neighbours.stub("training", RunServiceStub)
        self.exports = neighbours.stub("export", ExportServiceStub)
        self.usage = neighbours.stub("billing", UsageServiceStub)
