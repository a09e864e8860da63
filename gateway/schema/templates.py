"""Templates that architectures start from, and the catalogue of layers."""

import strawberry

from gateway.context import Info
from gateway.scalars import JSON, json_value
from gateway.schema.architectures import TemplateChoice, choice
from neuralforge.graph.v1 import service_pb2 as api


@strawberry.type
class Template:
    name: str
    title: str
    summary: str
    parameters: JSON = strawberry.field(
        description="A list of {name, type, default, minimum, maximum, help, multiple}."
    )


@strawberry.type
class Catalogue:
    layers: JSON
    hash: str = strawberry.field(description="Of the content; another hash means other rules.")


@strawberry.type(description="What an architecture made of a template would be.")
class TemplatePreview:
    document: JSON
    analysis: JSON


def template(message: api.Template) -> Template:
    return Template(
        name=message.name,
        title=message.title,
        summary=message.summary,
        parameters=json_value(message.parameters or b"[]"),
    )


@strawberry.type
class TemplateQuery:
    @strawberry.field
    async def templates(self, info: Info) -> list[Template]:
        answer = await info.context.ask(info.context.stubs.templates.ListTemplates, api.ListTemplatesRequest())
        return [template(each) for each in answer.templates]

    @strawberry.field(description="Nothing is stored; an error tells which parameter is wrong.")
    async def template_preview(self, info: Info, template: TemplateChoice) -> TemplatePreview:
        request = api.PreviewTemplateRequest(template=choice(template))
        answer = await info.context.ask(info.context.stubs.templates.PreviewTemplate, request)
        return TemplatePreview(document=json_value(answer.document), analysis=json_value(answer.analysis))

    @strawberry.field
    async def catalogue(self, info: Info) -> Catalogue:
        answer = await info.context.ask(info.context.stubs.templates.GetCatalogue, api.GetCatalogueRequest())
        return Catalogue(layers=json_value(answer.catalogue), hash=answer.hash)
