"""Whether traces are wanted: what OpenTelemetry's own environment variables say.

Apart from ``tracing.py`` because the master asks before it may import what counts (``api/serving/server.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from indexer.errors import ConfigError

_EXPORTER = "OTEL_TRACES_EXPORTER"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROTOCOL = "http/protobuf"
_PACKAGE = "opentelemetry.exporter.otlp.proto.http"


def wanted(environ: Mapping[str, str]) -> bool:
    """Whether traces are to be sent, as ``environ`` says.

    Raises ConfigError for an exporter or a protocol that is not there, and for a missing extra.
    """
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporter = environ.get(_EXPORTER, "").strip()
    reason = next((name for name in (*_ENDPOINTS, _EXPORTER) if environ.get(name, "").strip()), None)
    if reason is None or exporter == "none":
        return False
    if exporter not in ("", "otlp"):
        raise ConfigError(f"{_EXPORTER}={exporter!r}: otlp and none are known")
    for name in _PROTOCOLS:
        protocol = environ.get(name, "").strip()
        if protocol not in ("", _PROTOCOL):
            raise ConfigError(f"{name}={protocol!r}: only {_PROTOCOL} is spoken")
    if not _is_installed():
        raise ConfigError(f"{reason} is set, but OpenTelemetry is not installed: pip install 'citespan[otel]'")
    return True


def _is_installed() -> bool:
    try:
        return all(find_spec(name) is not None for name in ("opentelemetry.sdk.trace", _PACKAGE))
    except (ImportError, ValueError):
        return False
