"""The README says what the committed notebook found, and names what exists."""

import re

from helpers import paths
from helpers.running import readme


def test_the_finding_and_the_picture_are_the_notebooks():
    answer, picture = readme.finding()
    assert answer in readme.FILE.read_text(encoding="utf-8")
    assert readme.PICTURE.read_bytes() == picture


def test_the_finding_is_replaced_and_nothing_else(tmp_path):
    file, picture = tmp_path / "README.md", tmp_path / "finding.png"
    file.write_text("before\n<!-- finding: x -->\nold\n<!-- end of finding -->\nafter\n")
    assert readme.update(file, picture)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("before\n<!-- finding: x -->\n") and text.endswith(
        "<!-- end of finding -->\nafter\n"
    )
    assert readme.finding()[0] in text and "old" not in text
    assert not readme.update(file, picture)


def test_every_file_and_folder_it_names_exists():
    text = readme.FILE.read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:src|data|book|notebooks)/[\w./]*|[\w.]+\.(?:md|yml|cff|lock)|LICENSE|Snakefile)`", text
    )
    assert len(named) > 12
    assert [name for name in named if "NN_" not in name and not (paths.ROOT / name).exists()] == []
