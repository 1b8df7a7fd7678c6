"""How the embedded encoder is made: ``python -m training.encoder --data DIR --teacher DIR``.

    data -> contamination -> vocabulary -> teacher -> initial -> batches -> trainer

The result is written by `indexer.static_folder` and measured by `training.encoder.evaluate`.
"""
