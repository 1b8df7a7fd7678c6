"""The WSGI entry: the one module whose import opens the models. See ``api/gunicorn_conf.py``."""

from __future__ import annotations

from api.access.shared import shared_memory
from api.app import create_app
from api.service import EXTENSION
from api.serving.follow import follow
from api.settings import Settings

app = create_app(Settings.load(), shared=shared_memory())
follow(app.extensions[EXTENSION])
