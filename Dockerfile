# Citespan in one container, models inside, no network needed.
#
#   docker build -t citespan .                   the service on the embedded models (target slim)
#   docker build -t citespan:full --target full .   also other encoders, by name (brings torch)
#   docker run -p 8000:8000 -v citespan:/data -e CITESPAN_API_KEYS=admin:$(openssl rand -hex 24) citespan
#
# It listens at 0.0.0.0 and does not start without a key: docs/security.md.
#
# The image holds the index of seeds/; a new named volume at /data begins with it.
ARG BASE_IMAGE=python:3.11-slim-bookworm

# ---------------------------------------------------------------- packages, without compilers or caches
FROM ${BASE_IMAGE} AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python3 -m venv --without-pip /opt/citespan
COPY requirements.lock ./
RUN python3 -m pip --python /opt/citespan/bin/python install --quiet --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY indexer indexer
COPY qa qa
COPY api api
RUN python3 -m pip --python /opt/citespan/bin/python install --quiet --no-deps . \
    && find /opt/citespan -type d -name tests -path '*/numpy/*' -prune -exec rm -rf {} +

FROM packages AS packages-full
# A CPU build of torch: the default one brings gigabytes of GPU libraries.
RUN python3 -m pip --python /opt/citespan/bin/python install --quiet torch==2.13.0 \
    && python3 -m pip --python /opt/citespan/bin/python install --quiet '.[models]'

# ---------------------------------------------------------------- what every image has besides packages
FROM ${BASE_IMAGE} AS base
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin citespan \
    && mkdir /data && chown citespan /data
ENV PATH=/opt/citespan/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    CITESPAN_DATA=/data CITESPAN_HOST=0.0.0.0
COPY seeds /usr/share/citespan/seeds
WORKDIR /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python3", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ.get(\"CITESPAN_PORT\", 8000)}/readyz', timeout=2)"]
STOPSIGNAL SIGTERM

FROM base AS full
COPY --from=packages-full /opt/citespan /opt/citespan
USER citespan
RUN citespan index /usr/share/citespan/seeds
VOLUME /data
CMD ["citespan", "serve"]

FROM base AS slim
COPY --from=packages /opt/citespan /opt/citespan
USER citespan
RUN citespan index /usr/share/citespan/seeds
VOLUME /data
CMD ["citespan", "serve"]
