from pathlib import Path

import pytest

from checks.loader import load_checks
from checks.new import begin, main


def test_a_new_check_is_whole_and_named_after_its_folder(tmp_path: Path) -> None:
    folder = begin("odd-thing", tmp_path)
    assert folder == tmp_path / "odd_thing"
    assert [check.id for check in load_checks(tmp_path)] == ["odd-thing"]


@pytest.mark.parametrize("name", ["", "Odd", "odd thing", "../odd", "1odd", "odd-"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no name for a check"):
        begin(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_check_that_is_there_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hidden-unicode"]) == 2
    assert capsys.readouterr().err == "there is a check hidden-unicode already; choose another name, nothing was changed\n"


def test_without_a_name_it_says_how_to_give_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "make check NAME=what-was-seen" in capsys.readouterr().err
