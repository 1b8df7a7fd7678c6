"""What can go wrong, as one tree.

    CitespanError                    every error that a user can cause or cure
      ConfigError                    a setting or option that does not fit
      LoadError                      a file that cannot be read as a document
      StoreError                     the index on disk
        BackupBroken
        CollectionExists
        CollectionNotFound
        CorruptIndex
          DerivedDamage              of what can be made again from the record of truth
        EncoderMismatch
        FeedbackConflict
        StorageFull
        WriterBusy
      QueryError                     a question that cannot be asked
      DocumentNotFound
      RevisionNotFound
      NotReady                       no index to answer from yet

Each class has a stable ``code`` that clients may rely on; a message says what is wrong and what to do next.
HTTP statuses are known only in ``api/errors.py``. "No answer" is a result, not an error.
"""

from __future__ import annotations

from typing import ClassVar


class CitespanError(Exception):
    """Base of all errors with a stable code. ``code`` may be narrowed per instance."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.error_code = code or type(self).code


class ConfigError(CitespanError):
    code = "config_invalid"


class LoadError(CitespanError):
    """A file that is no document. Codes: ``file_empty``, ``file_too_large``, ``file_binary``,
    ``file_broken``, ``file_encrypted``, ``file_bomb``, ``file_unsupported``, ``file_no_text``,
    ``file_outside`` (a link out of the folder), ``file_duplicate`` (another file has this source),
    ``file_unreadable``."""

    code = "file_unreadable"


class StoreError(CitespanError):
    code = "store_error"


class BackupBroken(StoreError):
    """A file that is no backup, or not whole."""

    code = "backup_broken"


class CollectionExists(StoreError):
    code = "collection_exists"


class CollectionNotFound(StoreError):
    code = "collection_not_found"


class CorruptIndex(StoreError):
    code = "index_corrupt"


class DerivedDamage(CorruptIndex):
    """Damage of a segment or of the lexical index: nothing is lost, the next writer makes them again."""


class EncoderMismatch(StoreError):
    code = "encoder_mismatch"


class FeedbackConflict(StoreError):
    """Feedback of the same id that says something else."""

    code = "feedback_conflict"


class StorageFull(StoreError):
    """The disk takes no more, or fails: the change is undone, what was there stays."""

    code = "storage_full"


class WriterBusy(StoreError):
    code = "writer_busy"


class QueryError(CitespanError):
    """Codes: ``question_empty``, ``question_too_long``, ``text_invalid``, ``filter_invalid``."""

    code = "query_invalid"


class DocumentNotFound(CitespanError):
    code = "document_not_found"


class RevisionNotFound(CitespanError):
    code = "revision_not_found"


class NotReady(CitespanError):
    code = "not_ready"
