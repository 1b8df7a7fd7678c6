"""What goes on in the service: request ids, one log, metrics by stage and worker, traces.

``watch.py`` sees every request; what it saw goes to ``metrics.py`` (the sum of the workers: ``metric_files.py``; what
is looked up at a scrape: ``metric_sources.py``), to ``logs.py`` and, with the extra ``otel``, to ``tracing.py``.
"""
