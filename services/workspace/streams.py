"""The kinds of streams of this service but for persons', each with its fold."""

from kernel.aggregate import Aggregate
from kernel.log import EventLog
from services.workspace import api_keys, memberships, organisations, projects, sessions, share_links
from services.workspace.api_keys import ApiKey
from services.workspace.organisations import Organisation
from services.workspace.projects import Project
from services.workspace.sessions import Session
from services.workspace.share_links import ShareLink


class Streams:
    """`memberships` are the organisations of a person, `public_projects` the tenants of projects open to all."""

    def __init__(self, log: EventLog) -> None:
        self.organisations = Aggregate(log, "organisation", Organisation(), organisations.evolve)
        self.sessions = Aggregate(log, "session", Session(), sessions.evolve)
        self.memberships: Aggregate[tuple[str, ...]] = Aggregate(log, "memberships", (), memberships.evolve_joined)
        self.api_keys = Aggregate(log, "api_key", ApiKey(), api_keys.evolve)
        self.share_links = Aggregate(log, "share_link", ShareLink(), share_links.evolve)
        self.public_projects = Aggregate(log, "public_project", "", projects.evolve_public)
        self.projects = Aggregate(log, "project", Project(), projects.evolve)
        self.project_names = Aggregate(log, "project_name", "", projects.evolve_name)
