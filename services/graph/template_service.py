"""TemplateService over gRPC: what architectures start from, and the layers they are made of."""

from dataclasses import asdict
from typing import Any

import blueprint
from blueprint.codec import encode
from neuralforge.graph.v1 import service_pb2 as api
from neuralforge.graph.v1 import service_pb2_grpc as rpc


class TemplateService(rpc.TemplateServiceServicer):
    """Both answers are the same for as long as the process lives."""

    def __init__(self) -> None:
        self._templates = api.ListTemplatesResponse(
            templates=[
                api.Template(
                    name=template.name,
                    title=template.title,
                    summary=template.summary,
                    parameters=encode([asdict(parameter) for parameter in template.parameters]),
                )
                for template in blueprint.templates()
            ]
        )
        self._catalogue = api.GetCatalogueResponse(
            catalogue=encode(blueprint.catalogue_json()), hash=blueprint.CATALOGUE_HASH
        )

    async def ListTemplates(self, request: api.ListTemplatesRequest, context: Any) -> api.ListTemplatesResponse:
        return self._templates

    async def GetCatalogue(self, request: api.GetCatalogueRequest, context: Any) -> api.GetCatalogueResponse:
        return self._catalogue
