"""A static model on disk: a vocabulary and a quantised table of token vectors.

    config.json        {"format", "dim", "tokens"}
    vocab.txt          one token a line, UTF-8; the line number is the token's id
    model.safetensors  ``rows`` uint8 (tokens, dim / 2), ``scales`` float16 (tokens,)
    modules.json       lets sentence-transformers read the same folder through `indexer.static_module`

Four bits a number: byte j of a row holds dimension j in its low half and dimension j + dim / 2 in its high
half; a half of value c stands for (c - 7.5) x scale. That costs no measurable quality against eight bits, so
a model of a given size has twice as many tokens.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from indexer.errors import ConfigError

FORMAT = "citespan-static-2"
_HASHED = ("config.json", "vocab.txt", "model.safetensors")
_MODULES = [{"idx": 0, "name": "0", "path": "", "type": "indexer.static_module.StaticTable"}]
_DTYPES: dict[str, np.dtype[Any]] = {"U8": np.dtype("u1"), "F16": np.dtype("<f2")}
CENTRE = np.float32(7.5)  # of the codes 0 to 15
_CLIPS = np.arange(1.0, 4.0, 0.2)  # standard deviations of a row that its codes may span, to begin with
_REFINEMENTS = 3
_MAX_HEADER = 1 << 20  # bytes; ours has 200


@dataclass(frozen=True)
class StaticModel:
    """``rows``: uint8 (tokens, dim / 2), ``scales``: float16 (tokens,); row i is of the token ``vocabulary[i]``."""

    vocabulary: list[str]
    rows: np.ndarray
    scales: np.ndarray

    @classmethod
    def from_table(cls, vocabulary: Sequence[str], table: np.ndarray) -> Self:
        """Quantise `table`, float32 (tokens, dim), dim even: each row's span is the one that turns it least, and
        its length is kept."""
        lengths = np.linalg.norm(table, axis=1)
        codes, scales = np.zeros(table.shape, np.uint8), np.zeros(len(table), np.float32)
        closest = np.full(len(table), -np.inf, np.float32)
        for clip in _CLIPS:
            step = lengths * np.float32(clip / CENTRE / np.sqrt(table.shape[1]))
            for _ in range(_REFINEMENTS):
                tried = _coded(table, step)
                rows = tried - CENTRE
                product, square = (rows * table).sum(1), (rows * rows).sum(1)
                step = product / square  # the step at which these codes come closest to the row
            cosine = product / np.sqrt(square)
            better = cosine > closest
            closest[better] = cosine[better]
            codes[better] = tried[better].astype(np.uint8)
            scales[better] = (lengths / np.sqrt(square))[better]
        half = table.shape[1] // 2
        return cls(list(vocabulary), codes[:, :half] | codes[:, half:] << 4, scales.astype(np.float16))

    @property
    def dim(self) -> int:
        return 2 * int(self.rows.shape[1])

    def table(self) -> np.ndarray:
        """All vectors, float32 (tokens, dim)."""
        return np.asarray((unpacked(self.rows) - CENTRE) * self.scales.astype(np.float32)[:, None])

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The model in `folder`, its table mapped and not yet read. Raises `ConfigError` if there is none."""
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            vocabulary = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")[:-1]
            tensors = map_tensors(folder / "model.safetensors")
            model = cls(vocabulary, tensors["rows"], tensors["scales"])
            if config["format"] != FORMAT:
                raise ValueError(f"format {config['format']!r} instead of {FORMAT!r}")
            if not len(vocabulary) == len(model.rows) == len(model.scales):
                raise ValueError(f"{len(vocabulary)} tokens for {len(model.rows)} rows")
        except (OSError, ValueError, LookupError, TypeError, struct.error) as error:
            raise ConfigError(
                f"{folder} holds no usable static model ({error}); reinstall citespan or make it again"
            ) from error
        return model

    def write(self, folder: Path) -> None:
        """Write the model into `folder`, which is made if need be; other files in it are left alone."""
        from safetensors.numpy import save

        folder.mkdir(parents=True, exist_ok=True)
        config = {"format": FORMAT, "dim": self.dim, "tokens": len(self.vocabulary)}
        for name, value in (("config.json", config), ("modules.json", _MODULES)):
            (folder / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
        (folder / "vocab.txt").write_text("\n".join(self.vocabulary) + "\n", encoding="utf-8")
        data = save({"rows": self.rows, "scales": self.scales})
        (folder / "model.safetensors").write_bytes(data)


def _coded(table: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Nearest codes of the rows of `table`, float32, 0 to 15, each row in steps of its own."""
    return np.asarray(np.clip(np.floor(table / (step[:, None] + np.float32(1e-30))) + 8, 0, 15), np.float32)


def unpacked(rows: np.ndarray) -> np.ndarray:
    """Codes of packed `rows`, uint8 (n, dim / 2) to float32 (n, dim), 0 to 15."""
    half = rows.shape[1]
    codes = np.empty((len(rows), 2 * half), np.float32)
    codes[:, :half] = rows & 15
    codes[:, half:] = rows >> 4
    return codes


def fingerprint(folder: Path) -> str:
    """Hash of the model's files, whatever the folder is called: equal fingerprints give equal vectors."""
    digest = hashlib.sha256()
    for name in _HASHED:
        with (folder / name).open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return f"static:{digest.hexdigest()[:32]}"


def map_tensors(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a safetensors file as read-only views of the mapped file.

    The safetensors library copies what it reads; here nothing is read before it is used. Layout: the length
    of the header (8 bytes, little endian), the header (JSON), the data. Raises `ValueError` if they disagree.
    """
    with path.open("rb") as stream:
        (size,) = struct.unpack("<Q", stream.read(8))
        if size > _MAX_HEADER:
            raise ValueError(f"{path.name} has a header of {size} bytes")
        header: dict[str, Any] = json.loads(stream.read(size))
    data = np.asarray(np.memmap(path, np.uint8, "r"))[8 + size :]
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            if end > len(data):
                raise ValueError(f"{path.name} is cut short")
            tensors[name] = data[start:end].view(_DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors
