"""The reference tells everything the catalogue knows, of every layer."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from blueprint import LAYERS
from blueprint.reference import families, family_page, index, page, write


def test_every_layer_has_a_place_in_the_index_that_leads_to_its_page(tmp_path: Path) -> None:
    files = {file.stem: file.read_text() for file in write(tmp_path / "reference")}
    assert [layer.type for layers in families().values() for layer in layers] != []
    for type, layer in LAYERS.items():
        assert f"[{type}]({layer.category}.md#{type.lower()})" in files["index"]
        assert f"\n### {type}\n" in files[layer.category]


@pytest.mark.parametrize("type", LAYERS)
def test_a_page_tells_all_of_a_layer(type: str) -> None:
    layer, text = LAYERS[type], page(LAYERS[type])
    assert layer.doc in text
    rows = {row.split("|")[1].strip(): row for row in text.splitlines() if row.startswith("| ")}
    assert [name for name in rows if name != "setting"] == [field.name for field in layer.fields]
    for field in layer.fields:
        assert field.help.replace("|", "\\|") in rows[field.name]
        assert field.unit in rows[field.name]
        assert ("| required |" in rows[field.name]) == field.required
    for port in (*(port.name for port in layer.inputs), *layer.outputs):
        assert port.removesuffix("*") in text
    for tensor in (*layer.example.inputs, *layer.example.gives):
        assert tensor in text


def test_tables_have_as_many_cells_as_headings() -> None:
    for text in (index(), *(family_page(category, layers) for category, layers in families().items())):
        for table in re.findall(r"(?:^\|.*\n?)+", text, re.M):
            cells = {len(re.split(r"(?<!\\)\|", row)) for row in table.splitlines()}
            assert len(cells) == 1, table


def test_the_module_writes_where_it_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "blueprint.reference", str(tmp_path / "out")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert [Path(line).name for line in ran.stdout.split()] == ["index.md", *(f"{name}.md" for name in families())]
    assert (tmp_path / "out" / "index.md").read_text() == index()
