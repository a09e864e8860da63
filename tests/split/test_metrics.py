"""Each process of a split platform tells Prometheus its own, where `run/metrics.json` says."""

import json

import httpx

from tests.split.running import RunningSplit, SplitPlatform
from tests.telemetry.exposed import read


async def test_every_process_answers_where_the_file_says(running: RunningSplit, platform: SplitPlatform) -> None:
    targets = json.loads((running.folder / "run" / "metrics.json").read_text())
    assert {target["labels"]["part"] for target in targets} == set(running.parts)
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        for target in targets:
            part, service = target["labels"]["part"], target["labels"]["service"]
            exposed = read((await client.get(f"http://{target['targets'][0]}/metrics")).text)
            assert exposed.value("neuralforge_build_info") == 1, part
            assert exposed.value("process_resident_memory_bytes") > 0, part
            contexts = {sample.labels["context"] for sample in exposed.families["neuralforge_gauges_up"].samples}
            assert contexts == ({service} if service != "gateway" else set()), part
