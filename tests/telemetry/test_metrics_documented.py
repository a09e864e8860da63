"""docs/operate.md lists what is exported, all of it and nothing else; its alerts ask for what there is."""

import re
from pathlib import Path

from kernel.settings import CONTEXTS
from tests.gateway.conftest import Opened
from tests.telemetry.exposed import Exposed, scraped

OPERATE = Path(__file__).parents[2] / "docs" / "operate.md"
ROW = re.compile(r"^\| `(neuralforge_\w+)`(?: \(([\w, ]+)\))? \|", re.MULTILINE)
MENTION = re.compile(r"\bneuralforge_[a-z_]+")
LIBRARY = ("process_", "python_")
OF_SAMPLES = ("_bucket", "_count", "_sum")


def documented() -> dict[str, set[str]]:
    """Labels by name, as the list in the documents has them."""
    return {name: set(filter(None, labels.split(", "))) for name, labels in ROW.findall(OPERATE.read_text())}


def exported(exposed: Exposed) -> set[str]:
    """The names people ask for: a counter's with its `_total`."""
    return {f"{name}_total" if family.type == "counter" else name for name, family in exposed.families.items()}


async def test_the_list_is_what_a_platform_of_all_services_exports(opened: Opened) -> None:
    async with opened(*CONTEXTS) as visitor:
        await visitor.register("ada")
        whole = await scraped(visitor)
    own = {name for name in exported(whole) if not name.startswith(LIBRARY)}
    listed = documented()
    assert own == set(listed)
    for name, family in whole.families.items():
        assert family.documentation, name
        for sample in family.samples if name.startswith("neuralforge_") else ():
            labels = listed[f"{name}_total" if family.type == "counter" else name]
            assert set(sample.labels) - {"le"} == labels, sample.name


def test_every_metric_that_the_documents_name_is_in_the_list() -> None:
    for name in MENTION.findall(OPERATE.read_text()):
        base = next((name.removesuffix(end) for end in OF_SAMPLES if name.endswith(end)), name)
        assert {name, base} & set(documented()), name


def test_names_follow_the_conventions() -> None:
    for name in documented():
        assert not re.search(r"milli|micro|minutes|hours|kilo|mega", name), f"{name} is not in a base unit"
        assert not name.endswith(OF_SAMPLES), f"{name} ends as a sample of a histogram does"
