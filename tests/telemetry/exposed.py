"""What a platform tells Prometheus, as the tests read it."""

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.gateway.web import Visitor


@dataclass(frozen=True)
class Exposed:
    """One scrape."""

    families: Mapping[str, Metric]

    def values(self, name: str, **labels: str) -> list[float]:
        """Those of every sample of that full name which has these labels."""
        return [
            sample.value
            for family in self.families.values()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]

    def value(self, name: str, **labels: str) -> float:
        """The only one there is."""
        (found,) = self.values(name, **labels)
        return found

    def total(self, name: str, **labels: str) -> float:
        return sum(self.values(name, **labels))


def read(text: str) -> Exposed:
    return Exposed({family.name: family for family in text_string_to_metric_families(text)})


async def scraped(visitor: Visitor) -> Exposed:
    answer = await visitor.http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return read(answer.text)
