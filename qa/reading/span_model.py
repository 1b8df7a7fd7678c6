"""A question-answering head of the hub, SQuAD style: texts in, start and end logits of every token out.

Texts are read in overlapping windows, as in Devlin et al., "BERT: pre-training of deep bidirectional transformers for
language understanding" (2019), whose window, stride and question length these are. transformers and torch are
imported when a model is loaded.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.errors import ConfigError
from indexer.hub import local_first
from qa.reading.matching import Floats
from qa.reading.words import IntArray

if TYPE_CHECKING:
    import torch

_WINDOW, _STRIDE, _QUESTION = 384, 128, 64
"""Tokens of a window, of what two windows share, and of a question; what is longer of it is not read."""
_BATCH = 16
"""Windows read at once; five passages seldom make more, and the memory of many is bounded."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of text ``text`` (its number among those given), the question's and the special tokens left out.

    ``start``, ``end``: logits, float32 (tokens,); ``offsets``: int32 (tokens, 2), code points of the text; ``null``:
    the sum of both logits at the token that stands for no answer.
    """

    text: int
    start: Floats
    end: Floats
    offsets: IntArray
    null: float


class SpanModel:
    """``tokenizer`` is a fast one of transformers, ``model`` one with a question-answering head. Thread safe."""

    def __init__(self, tokenizer: Any, model: torch.nn.Module) -> None:
        positions = getattr(model.config, "max_position_embeddings", None) or _WINDOW
        self._tokenizer, self._model = tokenizer, model
        self._length = min(_WINDOW, tokenizer.model_max_length, positions if positions > 0 else _WINDOW)
        room = self._length - tokenizer.num_special_tokens_to_add(pair=True)
        self._question = min(_QUESTION, room // 2)
        # Less than what the question leaves, or the tokenizer would panic.
        self._stride = min(_STRIDE, (room - self._question) // 2)
        taken = inspect.signature(model.forward).parameters
        # A tokenizer of no model's own class does not know that this one tells question and text apart.
        self._types = "token_type_ids" in taken and getattr(model.config, "type_vocab_size", 0) > 1
        names = [*tokenizer.model_input_names, *(["token_type_ids"] if self._types else [])]
        self._inputs = [name for name in dict.fromkeys(names) if name in taken]
        # How to truncate is a state of the tokenizer: threads in it at a time would read with one another's (8 of 100
        # calls in a test), or be refused ("Already borrowed", tokenizers before 0.23).
        self._lock = threading.Lock()

    def windows(self, question: str, texts: Sequence[str]) -> list[Window]:
        """The windows of all texts, in order; together those of a text hold all its tokens."""
        import torch

        if not texts:
            return []
        with self._lock:
            encoded = self._encoded(_unicode(question), [_unicode(text) for text in texts])
        rows = encoded["input_ids"].shape[0]
        starts, ends = [], []
        with torch.inference_mode():
            for at in range(0, rows, _BATCH):
                found = self._model(**{name: encoded[name][at : at + _BATCH] for name in self._inputs})
                starts.append(found.start_logits)
                ends.append(found.end_logits)
        start, end = (torch.cat(logits).float().numpy() for logits in (starts, ends))
        offsets = encoded["offset_mapping"].numpy().astype(np.int32)
        owner = encoded["overflow_to_sample_mapping"].tolist()
        null = self._null_tokens(encoded["input_ids"].numpy())
        inside = np.array([[part == 1 for part in encoded.sequence_ids(row)] for row in range(rows)])
        nulls = start[np.arange(rows), null] + end[np.arange(rows), null]
        return [
            Window(owner[row], start[row, held], end[row, held], offsets[row, held], float(nulls[row]))
            for row, held in enumerate(inside)
        ]

    def _encoded(self, question: str, texts: Sequence[str]) -> Any:
        read = self._tokenizer(question, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        ends = [end for _, end in read["offset_mapping"][: self._question]]
        question = question[: max(ends, default=0)]
        return self._tokenizer(
            [question] * len(texts),
            list(texts),
            truncation="only_second",
            max_length=self._length,
            stride=self._stride,
            return_overflowing_tokens=True,
            return_token_type_ids=self._types or None,
            return_offsets_mapping=True,
            padding=True,
            return_tensors="pt",
        )

    def _null_tokens(self, ids: IntArray) -> IntArray:
        """Where each window has the token that stands for no answer: [CLS], which is the first in most models."""
        known = [self._tokenizer.cls_token_id, self._tokenizer.bos_token_id]
        marker = next((token for token in known if token is not None), -1)
        return np.asarray((ids == marker).argmax(axis=1), np.int32)


def load_span_model(name: str) -> SpanModel:
    """The model called ``name``: a folder, or a Hugging Face name. It runs on one thread of the CPU, so that serving
    processes do not fight for cores.

    Raises ConfigError if transformers or torch is not installed, if the model cannot be loaded, or if it is none
    that reads so: no question-answering head, no fast tokenizer.
    """
    try:
        import torch
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer
    except ImportError as error:
        raise ConfigError(
            f"reader {name!r} needs sentence-transformers, which brings transformers; run: pip install"
            " 'citespan[models]'"
        ) from error
    torch.set_num_threads(1)

    def load(local: bool) -> tuple[Any, Any, dict[str, Any]]:
        # False, not the default: without it transformers would ask the person at the terminal.
        options: dict[str, Any] = {"local_files_only": local, "trust_remote_code": False}
        model, info = AutoModelForQuestionAnswering.from_pretrained(name, output_loading_info=True, **options)
        return AutoTokenizer.from_pretrained(name, **options), model, info

    try:
        tokenizer, model, info = local_first(name, load)
        lacking = sorted(map(str, [*info["missing_keys"], *info["mismatched_keys"]]))
        if not lacking and tokenizer.is_fast:
            found = SpanModel(tokenizer, model.float().eval())
            # Longer than any window: what does not fit the model shows here, and not at the first question.
            found.windows("a", ["a " * _WINDOW])
            return found
    except Exception as error:  # whatever a model's own code raises, the setting is at fault
        raise ConfigError(
            f"reader {name!r} cannot be loaded ({str(error).splitlines()[0] if str(error) else type(error).__name__});"
            " give 'embedded', or the folder or Hugging Face name of a question-answering model (SQuAD style) that"
            " this machine holds or can download"
        ) from error
    if lacking:
        raise ConfigError(
            f"reader {name!r} has no trained question-answering head (without weights: {', '.join(lacking[:3])});"
            " give a model that was fine-tuned for extractive question answering (SQuAD style)"
        )
    raise ConfigError(
        f"reader {name!r} has no fast tokenizer, and a slow one does not tell where its tokens stand in the text;"
        " save it with a tokenizer.json, or give another model"
    )


def _unicode(text: str) -> str:
    """``text`` without lone surrogates, which the tokenizers refuse; as long as before."""
    return text.encode("utf-8", "replace").decode()
