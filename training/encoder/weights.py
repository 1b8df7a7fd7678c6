"""Choose the constants of `qa.rerank`: ``python -m training.encoder.weights --data DIR``.

The floor of the soft match and the weights of the four looks, by the mean recall@1 of MLQA questions in four
pairs of languages, on the half of the texts that is kept for choosing (`Task.half`, side 0). What is reported of
MLQA elsewhere is the other half. No other set that is reported takes part.
"""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path

import numpy as np

from indexer.encoder import EMBEDDED_FOLDER
from indexer.static_encoder import StaticEncoder
from training.encoder.evaluate import looks
from training.encoder.tasks import load_task, recall

CHOOSING = 0
_TASKS = ("mlqa-dev:en:zh", "mlqa-dev:zh:en", "mlqa-dev:zh:zh", "mlqa-dev:en:en")
_FLOORS = (0.1, 0.2, 0.3, 0.4)
_BEST = 1.0  # only the ratios of the weights matter
_DENSE = (0.0, 0.5, 1.0)
_SOFT = (0.0, 1.0, 2.0, 3.0, 4.0)
_SHOWN = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=EMBEDDED_FOLDER)
    args = parser.parse_args()
    encoder = StaticEncoder(args.model)
    tasks = [load_task(args.data, spec).half(CHOOSING) for spec in _TASKS]
    found = [looks(encoder, task, _FLOORS) for task in tasks]
    rows = []
    for (at, floor), dense, soft, soft_sentence in product(enumerate(_FLOORS), _DENSE, _SOFT, _SOFT):
        hits = [
            recall(each[at].combined(_BEST, dense, soft, soft_sentence), task.gold, 1)
            for each, task in zip(found, tasks, strict=True)
        ]
        rows.append((float(np.mean(hits)), floor, dense, soft, soft_sentence, hits))
    print("mean   floor  dense  soft  soft_sentence  " + "  ".join(_TASKS))
    for mean, floor, dense, soft, soft_sentence, hits in sorted(rows, reverse=True)[:_SHOWN]:
        print(f"{mean:.3f}  {floor:5}  {dense:5}  {soft:4}  {soft_sentence:13}  " + "  ".join(f"{h:.3f}" for h in hits))


if __name__ == "__main__":
    main()
