"""TemplateService over gRPC: what architectures start from, and the layers they are made of."""

from asyncio import to_thread
from dataclasses import asdict
from typing import Any

import blueprint
from blueprint.codec import encode
from neuralforge.graph.v1 import service_pb2 as api
from neuralforge.graph.v1 import service_pb2_grpc as rpc
from services.graph.documents import from_template
from services.graph.drawing import analysis_json


class TemplateService(rpc.TemplateServiceServicer):
    """Templates and catalogue are the same for as long as the process lives."""

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
            catalogue=encode(blueprint.catalogue_json()), hash=blueprint.catalogue_hash()
        )

    async def ListTemplates(self, request: api.ListTemplatesRequest, context: Any) -> api.ListTemplatesResponse:
        return self._templates

    async def PreviewTemplate(self, request: api.PreviewTemplateRequest, context: Any) -> api.PreviewTemplateResponse:
        return await to_thread(_preview, request.template)

    async def GetCatalogue(self, request: api.GetCatalogueRequest, context: Any) -> api.GetCatalogueResponse:
        return self._catalogue


def _preview(template: api.TemplateChoice) -> api.PreviewTemplateResponse:
    graph = from_template(template.name, template.parameters)
    analysis = analysis_json(blueprint.analyze(graph))
    return api.PreviewTemplateResponse(document=encode(blueprint.to_document(graph)), analysis=analysis)
