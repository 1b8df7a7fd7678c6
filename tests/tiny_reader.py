"""A question-answering model small enough to be trained in a test: a real BERT of two layers and its tokenizer.

Asked 多少 or "how much" it marks a figure's first token (45 of 45.2亿元), asked 谁 or "who" a name; where there is none
it points at [CLS], as SQuAD 2.0 models do.
"""

from __future__ import annotations

import random
from itertools import chain
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

WINDOW = 64
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
_FIGURES = ("45", "41", "8", "12", "3100", "7")
_NAMES = (("林", "晓", "舟"), ("Lin", "Xiaozhou"))
_ASKED = {"figure": (("多", "少"), ("how", "much")), "name": (("谁",), ("who",))}
_FILLERS = (
    *"云帆科技公司的营收为亿元元月日活用户研发支出是去年今创始人发布模型企业客户同比增长，。、（）《》？.%?",
    *"the a revenue of company is was founded by billion yuan founder Yunfan grew and in users its has of".split(),
    *["[UNK]"] * 25,  # the words of real text that it does not know
)
_STEPS = 300
_BATCH = 32
_PRESENT = 0.6


def save_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    words = [*_SPECIAL, *_FIGURES, *_FILLERS, *(w for name in _NAMES for w in name)]
    words += [word for kind in _ASKED.values() for asked in kind for word in asked]
    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(words))}
    core = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    core.normalizer = normalizers.BertNormalizer(lowercase=False)
    core.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    core.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(name, vocabulary[name]) for name in ("[CLS]", "[SEP]")],
    )
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token"), _SPECIAL, strict=True))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, model_max_length=WINDOW, **names)
    tokenizer.save_pretrained(folder)
    return tokenizer


def config(tokenizer: PreTrainedTokenizerFast) -> BertConfig:
    return BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=WINDOW,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )


def save_tiny_reader(folder: Path) -> Path:
    """Trains the model and saves it with its tokenizer."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        tokenizer = save_tokenizer(folder)
        model = BertForQuestionAnswering(config(tokenizer))
        # Where a word stands does not matter here, and what need not be learned is learned sooner.
        model.bert.embeddings.position_embeddings.weight.data.zero_().requires_grad_(False)
        _train(model, tokenizer, random.Random(0))
        model.save_pretrained(folder)
    return folder


def _train(model: BertForQuestionAnswering, tokenizer: PreTrainedTokenizerFast, rng: random.Random) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    model.train()
    for _ in range(_STEPS):
        examples = [_example(tokenizer, rng) for _ in range(_BATCH)]
        width = max(len(ids) for ids, *_ in examples)
        ids = torch.tensor([ids + [0] * (width - len(ids)) for ids, *_ in examples])
        types = torch.tensor([types + [0] * (width - len(types)) for _, types, *_ in examples])
        loss = model(
            input_ids=ids,
            token_type_ids=types,
            attention_mask=(ids > 0).long(),
            start_positions=torch.tensor([start for *_, start, _ in examples]),
            end_positions=torch.tensor([end for *_, end in examples]),
        ).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()


def _example(tokenizer: PreTrainedTokenizerFast, rng: random.Random) -> tuple[list[int], list[int], int, int]:
    """Token ids, token types, and the first and last token of the answer (0 where there is none)."""
    kind = rng.choice(sorted(_ASKED))
    question = [(word,) for word in rng.choices(_FILLERS, k=rng.randint(0, 10))]
    question.insert(rng.randint(0, len(question)), rng.choice(_ASKED[kind]))
    # Pieces, so that what is put in keeps together.
    pieces = [(word,) for word in rng.choices(_FILLERS, k=rng.randint(1, WINDOW - 20))]
    answer = None
    for sort, found in (("figure", (rng.choice(_FIGURES),)), ("name", rng.choice(_NAMES))):
        if rng.random() < _PRESENT:
            pieces.insert(rng.randint(0, len(pieces)), found)
            answer = found if sort == kind else answer
    asked = ["[CLS]", *chain(*question), "[SEP]"]
    words = [*asked, *chain(*pieces), "[SEP]"]
    types = [0] * len(asked) + [1] * (len(words) - len(asked))
    start = words.index(answer[0], len(asked)) if answer else 0
    end = start + len(answer) - 1 if answer else 0
    return tokenizer.convert_tokens_to_ids(words), types, start, end
