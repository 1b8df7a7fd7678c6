"""gunicorn's configuration file, for those who start gunicorn themselves:

``gunicorn -c python:api.gunicorn_conf api.wsgi:app``. ``citespan serve`` needs neither this nor ``wsgi``. For
metrics that add up the workers, set ``PROMETHEUS_MULTIPROC_DIR`` to an empty folder.
"""

from __future__ import annotations

from api.server import options
from api.settings import Settings

globals().update(options(Settings.load()))
