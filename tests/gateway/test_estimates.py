"""What a run would take, and the list of runs, over GraphQL."""

from typing import Any

from tests.gateway.conftest import Studio
from tests.services.training.lab import architecture, tiny

ESTIMATE = """
query ($architecture: ID!, $dataset: ID!, $epochs: Int, $device: String! = "cpu") {
  estimateRun(architectureId: $architecture, datasetId: $dataset, options: {epochs: $epochs}, device: $device) {
    seconds deviceMilliseconds microDollars basis remainingMilliseconds sufficient refusal
  }
}
"""
RUNS = """
query ($project: ID!, $text: String! = "", $architecture: ID, $by: RunOrder! = CREATED_AT, $down: Boolean! = true) {
  runs(projectId: $project, query: $text, architectureId: $architecture, orderBy: $by, descending: $down) {
    nodes { name }
  }
}
"""
START = """
mutation ($architecture: ID!, $dataset: ID!, $name: String!) {
  startRun(architectureId: $architecture, datasetId: $dataset, name: $name) { ... on Run { id } }
}
"""


async def estimated(studio: Studio, **more: Any) -> dict[str, Any]:
    given = {"architecture": studio.lab.architecture_id, "dataset": studio.lab.dataset_id}
    answer: dict[str, Any] = (await studio.visitor.ask(ESTIMATE, **(given | more)))["estimateRun"]
    return answer


async def test_a_run_is_estimated_before_it_is_started(studio: Studio) -> None:
    found = await estimated(studio, epochs=3)
    assert found["seconds"] > 0
    assert int(found["deviceMilliseconds"]) > 0
    assert (found["microDollars"], found["remainingMilliseconds"]) == ("0", None)
    assert (found["sufficient"], found["refusal"]) == (True, None)
    assert "assumed" in found["basis"]
    wide = await architecture(studio.lab.person, studio.lab.project_id, tiny(scores={"out_features": 9}))
    misfit = await estimated(studio, architecture=wide)
    assert (misfit["seconds"], misfit["deviceMilliseconds"], misfit["microDollars"]) == (None, None, None)
    assert "need [10]" in misfit["refusal"]


async def test_runs_are_found_and_ordered(studio: Studio) -> None:
    for name in ("b", "Ab", "c"):
        given = {"architecture": studio.lab.architecture_id, "dataset": studio.lab.dataset_id}
        await studio.visitor.ask(START, name=name, **given)

    async def names(**asked: Any) -> list[str]:
        found = await studio.visitor.ask(RUNS, project=studio.lab.project_id, **asked)
        return [each["name"] for each in found["runs"]["nodes"]]

    assert await names() == ["c", "Ab", "b"]
    assert await names(by="NAME", down=False) == ["Ab", "b", "c"]
    assert await names(text="B", by="NAME") == ["b", "Ab"]
    assert await names(architecture="other") == []
    assert sorted(await names(by="TEST_ACCURACY")) == ["Ab", "b", "c"]
