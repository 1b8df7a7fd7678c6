"""Any sentence-transformers model in the encoder slot. The package is imported when a model is loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.errors import ConfigError
from indexer.hub import local_first

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class SentenceEncoder:
    """An `indexer.encoder.Encoder` around the model called `name`: a folder, or a Hugging Face name.

    Runs on one thread of the CPU, so that serving processes do not fight for cores. Prompts that the model
    defines ("query", "passage") are put before questions and passages. Raises `ConfigError` if
    sentence-transformers is not installed or the model cannot be loaded.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._model = _load(name)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the architecture, the prompts and every weight; equal for copies of a model."""
        import torch

        digest = hashlib.sha256(repr((self._model, sorted(self._model.prompts.items()))).encode())
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(f"{key} {tensor.dtype} {tuple(tensor.shape)}".encode())
            digest.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().data)
        return f"sentence-transformers:{digest.hexdigest()[:32]}"

    @cached_property
    def dim(self) -> int:
        return int(self._model.encode(["a"]).shape[1])

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of passages, float32 (n, dim); zeros for a blank text."""
        return self._encode(texts, self._model.encode_document)

    def encode_query(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of questions, float32 (n, dim); zeros for a blank text."""
        return self._encode(texts, self._model.encode_query)

    def _encode(self, texts: Sequence[str], encode: Any) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dim), np.float32)
        filled = [i for i, text in enumerate(texts) if text.strip()]
        if filled:
            # A lone surrogate is no Unicode text, and the tokenizers refuse it.
            clean = [texts[i].encode("utf-8", "replace").decode() for i in filled]
            vectors[filled] = encode(clean, normalize_embeddings=True, show_progress_bar=False)
        return vectors


def _load(name: str) -> SentenceTransformer:
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise ConfigError(
            f"encoder {name!r} needs sentence-transformers; run: pip install 'citespan[models]'"
        ) from error
    torch.set_num_threads(1)
    try:
        return local_first(name, lambda local: SentenceTransformer(name, device="cpu", local_files_only=local))
    except Exception as error:  # whatever a model's own code raises, the setting is at fault
        raise ConfigError(
            f"encoder {name!r} cannot be loaded ({error}); give 'embedded', the folder of a "
            "sentence-transformers model, or a Hugging Face name that this machine holds or can download"
        ) from error
