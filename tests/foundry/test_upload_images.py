"""Zips of class folders: what becomes of good images, and what is said of each bad one."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from foundry.data import load
from foundry.dataset_files import MANIFEST
from foundry.ingest import pictures, shards
from foundry.ingest.faults import BadFile, Refused, Tolerance
from foundry.ingest.pictures import Fit, Target, decode
from foundry.ingest.shards import Splitting
from tests.foundry.upload_files import folders, ingested, picture, zipped


def test_pixels_classes_and_splits_read_back(tmp_path):
    files = folders(3, 10, size=(5, 4))
    stored, faults = ingested(zipped(tmp_path / "x.zip", files), tmp_path / "out")
    assert not faults.listed
    assert stored.arrays.classes == ("c0", "c1", "c2")
    assert stored.arrays.inputs.shape == (30, 3, 4, 5)
    for row, name in enumerate(sorted(files)):
        pixels = np.asarray(Image.open(io.BytesIO(files[name]))).transpose(2, 0, 1)
        np.testing.assert_array_equal(stored.arrays.inputs[row], pixels)
        assert stored.arrays.labels[row] == int(name[1])
    assert {name: len(rows) for name, rows in stored.splits.items()} == {"train": 18, "val": 6, "test": 6}


def test_statistics_are_those_of_the_train_split(tmp_path):
    stored, _ = ingested(zipped(tmp_path / "x.zip", folders(2, 10)), tmp_path / "out")
    train = stored.arrays.inputs[stored.splits["train"]].astype(np.float64)
    statistics = stored.manifest["statistics"]
    assert statistics["mean"] == pytest.approx(train.mean(), rel=1e-6)
    assert statistics["std"] == pytest.approx(train.std(), rel=1e-6)
    assert statistics["channels"]["mean"] == pytest.approx(train.mean(axis=(0, 2, 3)), rel=1e-6)
    assert statistics["channels"]["std"] == pytest.approx(train.std(axis=(0, 2, 3)), rel=1e-6)


def test_small_shards_give_the_same_data(tmp_path, monkeypatch):
    source = zipped(tmp_path / "x.zip", folders(2, 10))
    whole, _ = ingested(source, tmp_path / "one")
    monkeypatch.setattr(shards, "SHARD_BYTES", 1000)
    parts, _ = ingested(source, tmp_path / "many")
    assert len(parts.manifest["shards"]) == 4 > len(whole.manifest["shards"]) == 1
    np.testing.assert_array_equal(parts.arrays.inputs, whole.arrays.inputs)


def test_the_order_of_the_archive_does_not_matter(tmp_path):
    files = folders(2, 10)
    ingested(zipped(tmp_path / "x.zip", files), tmp_path / "one")
    ingested(zipped(tmp_path / "y.zip", dict(reversed(files.items()))), tmp_path / "other")
    assert (tmp_path / "one" / MANIFEST).read_bytes() == (tmp_path / "other" / MANIFEST).read_bytes()


def test_each_bad_file_is_listed_with_its_reason(tmp_path):
    good, jpeg = picture(), picture(size=(64, 64), kind="JPEG")
    bad = {
        "c0/a-text.png": (b"hello", "not_an_image"),
        "c0/b-cut.png": (good[: len(good) // 2], "truncated"),
        "c0/c-cut.jpg": (jpeg[: len(jpeg) // 2], "truncated"),
        "c0/d-empty.png": (b"", "empty"),
        "c0/e-flipped.png": (good[:60] + bytes([good[60] ^ 255]) + good[61:], "corrupt"),
        "c0/f-tiff.png": (picture(kind="TIFF"), "not_an_image"),
        "top.png": (good, "no_class"),
    }
    source = zipped(tmp_path / "x.zip", folders() | {name: data for name, (data, _) in bad.items()})
    codes = {name: code for name, (_, code) in bad.items()}
    with pytest.raises(Refused, match="7 of 27 files cannot be used") as error:
        ingested(source, tmp_path / "out")
    assert {fault.path: fault.code for fault in error.value.faults.listed} == codes
    stored, faults = ingested(source, tmp_path / "out", tolerance=Tolerance(500))
    assert {fault.path: fault.code for fault in faults.listed} == codes
    assert len(stored.arrays.labels) == 20


def test_refused_where_more_is_bad_than_may_be_left_out(tmp_path):
    files = folders(2, 10) | {f"c0/bad{i}.png": b"x" for i in range(5)}
    with pytest.raises(Refused, match=r"5 of 25 files cannot be used \(5 not an image\), more than the 10 %"):
        ingested(zipped(tmp_path / "x.zip", files), tmp_path / "out", tolerance=Tolerance(100))


def test_only_the_first_thousand_faults_are_listed_and_all_are_counted(tmp_path):
    files = folders(2, 10) | {f"c0/bad{i}.png": b"x" for i in range(1100)}
    with pytest.raises(Refused) as error:
        ingested(zipped(tmp_path / "x.zip", files), tmp_path / "out")
    assert len(error.value.faults.listed) == 1000
    assert error.value.faults.counts == {"not_an_image": 1100}


def test_given_splits_are_kept_and_a_missing_one_comes_out_of_train(tmp_path):
    files = {f"set/Train/{name}": data for name, data in folders(2, 20).items()}
    files |= {f"set/test/{name}": data for name, data in folders(2, 3).items()}
    stored, _ = ingested(zipped(tmp_path / "x.zip", files), tmp_path / "out")
    assert {name: len(rows) for name, rows in stored.splits.items()} == {"train": 30, "val": 10, "test": 6}
    assert stored.manifest["given_splits"] is True
    assert stored.arrays.classes == ("c0", "c1")


def test_one_folder_around_all_is_looked_through(tmp_path):
    files = {f"flowers/2024/{name}": data for name, data in folders(2, 10).items()}
    stored, _ = ingested(zipped(tmp_path / "x.zip", files), tmp_path / "out")
    assert stored.arrays.classes == ("c0", "c1")


def test_refused_without_two_classes(tmp_path):
    with pytest.raises(Refused, match="only the class folder 'c0'"):
        ingested(zipped(tmp_path / "x.zip", folders(1, 5)), tmp_path / "out")
    with pytest.raises(Refused, match="no class folder"):
        ingested(zipped(tmp_path / "y.zip", {"a.png": picture()}), tmp_path / "out")


def test_refused_where_a_split_would_be_empty(tmp_path):
    with pytest.raises(Refused, match="too few for this split: val would be empty"):
        ingested(zipped(tmp_path / "x.zip", folders(2, 2)), tmp_path / "out", Splitting((0.98, 0.01, 0.01)))


def test_size_and_colour_are_those_of_most_unless_asked_for(tmp_path):
    files = folders(2, 10, mode="L", size=(9, 7)) | {
        "c0/x.png": picture(size=(90, 70)),
        "c1/x.png": picture(size=(3, 5)),
    }
    source = zipped(tmp_path / "x.zip", files)
    assert ingested(source, tmp_path / "a")[0].arrays.inputs.shape[1:] == (1, 7, 9)
    asked = ingested(source, tmp_path / "b", channels=3, height=4, width=5)[0]
    assert asked.arrays.inputs.shape[1:] == (3, 4, 5)
    large = zipped(tmp_path / "y.zip", folders(2, 5, size=(256, 64)))
    assert ingested(large, tmp_path / "c")[0].arrays.inputs.shape[1:] == (3, 32, 128)


def test_fits_pad_crop_and_stretch():
    wide = io.BytesIO()
    Image.fromarray(np.full((4, 8), 200, np.uint8)).save(wide, "PNG")

    def rows(fit: Fit) -> list[int]:
        return [int(value) for value in decode(wide.getvalue(), Target(1, 8, 8, fit))[0, :, 4]]

    assert rows(Fit.PAD) == [0, 0, 200, 200, 200, 200, 0, 0]
    assert rows(Fit.CROP) == rows(Fit.STRETCH) == [200] * 8


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
def test_every_kind_taken_decodes(kind):
    assert decode(picture(kind=kind), Target(3, 6, 8)).shape == (3, 6, 8)


def test_sixteen_bits_palettes_and_transparency_become_what_one_sees():
    deep, clear = io.BytesIO(), io.BytesIO()
    Image.fromarray(np.full((2, 2), 0x8000, np.uint16)).save(deep, "PNG")
    assert decode(deep.getvalue(), Target(1, 2, 2)).tolist() == [[[128, 128], [128, 128]]]
    Image.new("RGBA", (2, 2), (255, 0, 0, 0)).save(clear, "PNG")
    assert decode(clear.getvalue(), Target(3, 2, 2)).min() == 255
    palette = io.BytesIO()
    Image.new("RGB", (2, 2), (10, 200, 30)).quantize(4).save(palette, "PNG")
    assert decode(palette.getvalue(), Target(3, 1, 1)).reshape(-1).tolist() == [10, 200, 30]


def test_a_photograph_lies_as_its_camera_was_held():
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (8, 4)).save(out, "JPEG", exif=exif)
    upright = decode(out.getvalue(), Target(1, 8, 4, Fit.PAD))
    assert upright.shape == (1, 8, 4)


def test_the_first_frame_of_an_animation_counts():
    frames = [Image.new("L", (2, 2), value) for value in (50, 150)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert decode(out.getvalue(), Target(1, 2, 2)).max() == 50


def test_refused_pixels_that_only_a_header_promises(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 47)
    with pytest.raises(BadFile, match="8 x 6 pixels; at most 47"):
        decode(picture(), Target(3, 6, 8))


def test_refused_more_values_than_can_be_trained_on(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "MAX_VALUES", 1000)
    with pytest.raises(Refused, match="choose smaller images or fewer rows"):
        ingested(zipped(tmp_path / "x.zip", folders()), tmp_path / "out")


def test_a_contact_sheet_for_each_class(tmp_path):
    stored, _ = ingested(zipped(tmp_path / "x.zip", folders(3, 20)), tmp_path / "out")
    previews = stored.manifest["previews"]
    assert [preview["class"] for preview in previews] == ["c0", "c1", "c2"]
    with Image.open(tmp_path / "out" / previews[0]["name"]) as sheet:
        assert sheet.size == (256, 256)
        assert np.asarray(sheet).std() > 20


def test_training_reads_it(tmp_path):
    ingested(zipped(tmp_path / "x.zip", folders(2, 10)), tmp_path / "out")
    data = load(str(tmp_path / "out"))
    assert tuple(data.train.inputs.shape) == (12, 3, 6, 8)
    assert 200 < data.train.inputs.max() <= 255
    manifest = json.loads((tmp_path / "out" / MANIFEST).read_text())
    assert manifest["input"]["dtype"] == "uint8"
