"""gunicorn's configuration file, for those who start gunicorn themselves:

``gunicorn -c python:api.gunicorn_conf api.wsgi:app``. ``citespan serve`` needs neither this nor ``wsgi``. For
metrics that add up the workers, set ``PROMETHEUS_MULTIPROC_DIR`` to an empty folder.
"""

from __future__ import annotations

from api.access.exposure import check_exposure
from api.access.shared import shared_memory
from api.observe.logs import configure
from api.serving.server import options
from api.settings import Settings

_settings = Settings.load()
configure(_settings.log_format)
check_exposure(_settings, shared_memory())  # before the fork: what the workers count together
globals().update(options(_settings))
