"""A static model on disk: a vocabulary and a quantised table of token vectors.

    config.json        {"format", "dim", "tokens"}
    vocab.txt          one token a line, UTF-8; the line number is the token's id
    model.safetensors  ``rows`` int8 (tokens, dim), ``scales`` float16 (tokens,): the table is their product
    modules.json       lets sentence-transformers read the same folder through `indexer.static_module`

int8 with a scale per row loses nothing measurable against float32 and is a quarter of its size.
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

FORMAT = "citespan-static-1"
_HASHED = ("config.json", "vocab.txt", "model.safetensors")
_MODULES = [{"idx": 0, "name": "0", "path": "", "type": "indexer.static_module.StaticTable"}]
_DTYPES: dict[str, np.dtype[Any]] = {"I8": np.dtype("i1"), "F16": np.dtype("<f2")}
_MAX_HEADER = 1 << 20  # bytes; ours has 200


@dataclass(frozen=True)
class StaticModel:
    """``vocabulary[i]`` has the vector ``rows[i] * scales[i]``: int8 (tokens, dim) and float16 (tokens,)."""

    vocabulary: list[str]
    rows: np.ndarray
    scales: np.ndarray

    @classmethod
    def from_table(cls, vocabulary: Sequence[str], table: np.ndarray) -> Self:
        """Quantise `table`, float32 (tokens, dim), one scale a row."""
        scales = (np.abs(table).max(1) / 127).astype(np.float16)
        # float16 has no number below this one; a scale of zero would turn the row into infinities.
        scales = np.maximum(scales, np.finfo(np.float16).smallest_subnormal)
        rows = np.round(table / scales.astype(np.float32)[:, None])
        return cls(list(vocabulary), np.clip(rows, -127, 127).astype(np.int8), scales)

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
        config = {"format": FORMAT, "dim": self.rows.shape[1], "tokens": len(self.vocabulary)}
        for name, value in (("config.json", config), ("modules.json", _MODULES)):
            (folder / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
        (folder / "vocab.txt").write_text("\n".join(self.vocabulary) + "\n", encoding="utf-8")
        data = save({"rows": self.rows, "scales": self.scales})
        (folder / "model.safetensors").write_bytes(data)


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
