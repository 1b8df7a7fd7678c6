"""What was tried and what came of it, one line a kind of fault."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field, fields


@dataclass
class Counts:
    """``checked``: acknowledged documents looked for, summed over all faults. The others must stay 0. ``wrong``:
    answers that no commit would give, or errors that nobody documents; ``unwell``: doctor found something, or did not
    where it should."""

    tried: int = 0
    checked: int = 0
    lost: int = 0
    half: int = 0
    wrong: int = 0
    unwell: int = 0


@dataclass
class Tally:
    kinds: dict[str, Counts] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def of(self, kind: str) -> Counts:
        return self.kinds.setdefault(kind, Counts())

    def problem(self, kind: str, column: str, told: str) -> None:
        """Counts one more in ``column`` and keeps what is to be said of it."""
        counts = self.of(kind)
        setattr(counts, column, getattr(counts, column) + 1)
        self.problems.append(f"{kind}: {column}: {told}")

    def add(self, other: Tally) -> None:
        for kind, counts in other.kinds.items():
            both = zip(astuple(self.of(kind)), astuple(counts), strict=True)
            self.kinds[kind] = Counts(*(a + b for a, b in both))
        self.problems += other.problems

    @property
    def total(self) -> Counts:
        rows = [astuple(counts) for counts in self.kinds.values()]
        return Counts(*(sum(column) for column in zip(*rows, strict=True))) if rows else Counts()

    def table(self) -> str:
        heads = [each.name for each in fields(Counts)]
        lines = [f"{'fault':34}" + "".join(f"{head:>10}" for head in heads)]
        for kind, counts in [*self.kinds.items(), ("all", self.total)]:
            lines.append(f"{kind:34}" + "".join(f"{number:>10,}" for number in astuple(counts)))
        return "\n".join(lines)
