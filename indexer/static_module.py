"""The embedded encoder as a sentence-transformers module, for fine-tuning and for other frameworks.

    SentenceTransformer("indexer/models/encoder", trust_remote_code=True)

reads the folder through ``modules.json``, which names this class (sentence-transformers asks for the flag
whenever a module class is not its own). Vectors equal those of `indexer.static_encoder` but for rounding.
Importing this file imports torch.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from indexer.static_folder import StaticModel
from indexer.tokens import Tokenizer


class StaticTable(nn.Module):
    """Texts to unit vectors, (n, dim), through one trainable `torch.nn.EmbeddingBag`."""

    max_seq_length = None  # any length
    save_in_root = True  # where `StaticModel.read` looks

    def __init__(self, model: StaticModel) -> None:
        super().__init__()
        self.tokenizer = Tokenizer(model.vocabulary)
        self.embedding = nn.EmbeddingBag.from_pretrained(torch.from_numpy(model.table()), freeze=False, mode="sum")

    def tokenize(self, texts: list[str], **_: Any) -> dict[str, Tensor]:
        """``input_ids``: the ids of all texts, joined; ``offsets`` (n,): where each text begins in them."""
        ids = self.tokenizer.split(texts)
        starts = np.cumsum([0, *map(len, ids)])[:-1]
        joined = np.concatenate([*ids, np.zeros(0, np.int32)])
        return {"input_ids": torch.from_numpy(joined.astype(np.int64)), "offsets": torch.from_numpy(starts)}

    def preprocess(self, inputs: list[str], prompt: str | None = None, **_: Any) -> dict[str, Tensor]:
        """`tokenize` under the name that sentence-transformers 6 calls."""
        return self.tokenize([(prompt or "") + text for text in inputs])

    def forward(self, features: dict[str, Tensor], **_: Any) -> dict[str, Tensor]:
        """Adds ``sentence_embedding``, (n, dim), to `features`."""
        total = self.embedding(features["input_ids"], features["offsets"])
        features["sentence_embedding"] = nn.functional.normalize(total, dim=1)
        return features

    def get_embedding_dimension(self) -> int:
        return self.embedding.embedding_dim

    def get_sentence_embedding_dimension(self) -> int:
        """The name before sentence-transformers 6."""
        return self.get_embedding_dimension()

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Write the folder again, quantised, readable without torch."""
        table = self.embedding.weight.detach().cpu().numpy()
        StaticModel.from_table(self.tokenizer.vocabulary, table).write(Path(output_path))

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **_: Any) -> StaticTable:
        return cls(StaticModel.read(Path(model_name_or_path) / subfolder))
