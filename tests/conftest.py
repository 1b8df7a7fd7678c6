"""What holds for every test: no example of hypothesis fails because the machine is busy."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# On top of what hypothesis takes by itself, which is another profile on CI.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
