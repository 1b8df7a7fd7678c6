"""Models by Hugging Face name or folder, whatever library loads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Model = TypeVar("Model")

_HUB_SECONDS = 10.0


def local_first(name: str, load: Callable[[bool], Model]) -> Model:
    """``load(True)``, from this machine alone; where that fails for a name, ``load(False)``, which may download.

    What this machine holds is used as it is: a served model must not change with the network. Raises whatever
    ``load`` raises, and at once where a download would retry for minutes: offline, no network.
    """
    try:
        return load(True)
    except Exception:
        if Path(name).exists():
            raise
        _ask_hub(name)
        return load(False)


def _ask_hub(name: str) -> None:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        HfApi().model_info(name, timeout=_HUB_SECONDS)
    except HfHubHTTPError:
        # The hub is there; the library that loads knows more names, and says what is wrong.
        return
