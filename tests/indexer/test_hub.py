"""Models by name: this machine comes first, and without a network nothing waits for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.hub import local_first


class Loader:
    """Loads what it holds; ``asked`` are the calls, True for those that may only look on this machine."""

    def __init__(self, *, held: bool) -> None:
        self.held = held
        self.asked: list[bool] = []

    def __call__(self, local: bool) -> str:
        self.asked.append(local)
        if local and not self.held:
            raise OSError("not on this machine")
        return "model"


def test_what_this_machine_holds_is_not_asked_for_elsewhere() -> None:
    load = Loader(held=True)
    assert local_first("some/model", load) == "model"
    assert load.asked == [True]


def test_a_folder_that_does_not_load_is_no_name_of_the_hub(tmp_path: Path) -> None:
    load = Loader(held=False)
    with pytest.raises(OSError, match="not on this machine"):
        local_first(str(tmp_path), load)
    assert load.asked == [True]


def test_without_a_network_no_download_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    load = Loader(held=False)
    with pytest.raises(Exception, match="offline"):
        local_first("some/model", load)
    assert load.asked == [True]
