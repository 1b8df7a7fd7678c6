"""What ``citespan doctor`` looks at beside the index: feedback, the collection's own calibration, and the keys."""

from __future__ import annotations

from api.access.key_file import KeysUnreadable, path_of, read_keys
from api.cli.context import CliContext
from indexer.calibration import CALIBRATION, read_calibration, remove_calibration
from indexer.collection import Collection
from indexer.doctor import Finding
from indexer.errors import CorruptIndex
from indexer.feedback_check import PART as FEEDBACK
from indexer.feedback_check import examine_feedback, mend_feedback
from qa.refit import basis_of, held_refit, read_refit

CALIBRATED, KEYS = "calibration", "keys"


def examine_beside(context: CliContext, collection: Collection) -> list[Finding]:
    """What is wrong there. Raises WriterBusy."""
    return [*examine_feedback(collection.path), *_calibration(context, collection), *_keys(context)]


def repair_beside(collection: Collection, found: list[Finding]) -> list[str]:
    """Mends what ``found`` calls repairable; says what was done. Raises CorruptIndex, StorageFull."""
    parts = {finding.part for finding in found if finding.repairable}
    done = []
    if FEEDBACK in parts:
        mend_feedback(collection.path)
        done.append("the indexes of feedback.db made again")
    if CALIBRATED in parts:
        remove_calibration(collection.path / CALIBRATION)
        done.append("calibration.json removed: the confidence that ships holds; citespan calibrate fits it again")
    return done


def _calibration(context: CliContext, collection: Collection) -> list[Finding]:
    """A file that cannot be understood is not used by anything, so it may go; one of other models may be wanted yet."""
    file = collection.path / CALIBRATION
    try:
        told = read_calibration(file)
        if told is not None:
            read_refit(told)
    except CorruptIndex as error:
        return [Finding(CALIBRATED, error.message, repairable=not isinstance(error.__cause__, OSError))]
    ignored = held_refit(file, basis_of(context.encoder, context.settings.reader)).ignored
    if ignored is None:
        return []
    return [Finding(CALIBRATED, f"{CALIBRATION} is not used: {ignored}; citespan calibrate fits it anew, or --reset")]


def _keys(context: CliContext) -> list[Finding]:
    """Never mended: nobody is let in by a file that is not as it was written."""
    try:
        read_keys(path_of(context.settings.data_dir))
    except KeysUnreadable as error:
        return [Finding(KEYS, error.message)]
    return []
