# Citespan in one container, models inside, no network needed.
#
#   docker build -t citespan .                   the service on the embedded models (target slim)
#   docker build -t citespan:full --target full .   also other encoders, by name (brings torch)
#
# How to run it: docs/deploy.md. It listens at 0.0.0.0 and does not start without a key: docs/security.md.
# The image holds the index of seeds/; a new named volume at /data begins with it.
# What changes seldom comes first: a change of the code leaves the layer of the dependencies as it is.
ARG BASE_IMAGE=python:3.11-slim-bookworm

# ---------------------------------------------------------------- dependencies, without compilers or caches
FROM ${BASE_IMAGE} AS dependencies
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python3 -m venv --without-pip /opt/citespan
COPY requirements.lock ./
RUN python3 -m pip --python /opt/citespan/bin/python install --quiet --no-deps -r requirements.lock
COPY deploy/prune ./
RUN sh prune /opt/citespan/lib/python3*/site-packages

FROM dependencies AS dependencies-full
# A CPU build of torch: the default one brings gigabytes of GPU libraries.
RUN python3 -m pip --python /opt/citespan/bin/python install --quiet -c requirements.lock torch==2.13.0
COPY pyproject.toml ./
RUN python3 -c "import tomllib; project = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
                print(*project['optional-dependencies']['models'], sep='\n')" > models.txt \
    && python3 -m pip --python /opt/citespan/bin/python install --quiet -c requirements.lock -r models.txt \
    && sh prune /opt/citespan/lib/python3*/site-packages

# ---------------------------------------------------------------- the service itself, to lie beside them
FROM dependencies AS code
COPY pyproject.toml README.md LICENSE ./
COPY indexer indexer
COPY qa qa
COPY api api
RUN python3 -m pip --python /opt/citespan/bin/python install --quiet --no-deps --prefix /opt/own .

# ---------------------------------------------------------------- the bill of materials, from what is installed
FROM ${BASE_IMAGE} AS sbom-tool
RUN python3 -m venv /opt/sbom && /opt/sbom/bin/python -m pip install --quiet --no-cache-dir cyclonedx-bom==7.5.0

FROM dependencies AS sbom
COPY --from=sbom-tool /opt/sbom /opt/sbom
COPY pyproject.toml LICENSE deploy/sbom.py ./
RUN /opt/sbom/bin/cyclonedx-py environment --output-reproducible --no-validate --pyproject pyproject.toml \
        /opt/citespan/bin/python > python.json && python3 sbom.py < python.json > sbom.json

FROM dependencies-full AS sbom-full
COPY --from=sbom-tool /opt/sbom /opt/sbom
COPY LICENSE deploy/sbom.py ./
RUN /opt/sbom/bin/cyclonedx-py environment --output-reproducible --no-validate --pyproject pyproject.toml \
        /opt/citespan/bin/python > python.json && python3 sbom.py < python.json > sbom.json

# ---------------------------------------------------------------- what every image has
FROM ${BASE_IMAGE} AS base
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin citespan \
    && mkdir /data && chown citespan:citespan /data
# Modules are compiled already, and the root file system may be read-only. A container's log is read by machines first.
ENV PATH=/opt/citespan/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    CITESPAN_DATA=/data CITESPAN_HOST=0.0.0.0 CITESPAN_LOG_FORMAT=json
WORKDIR /data
EXPOSE 8000
# A request by hand, for the modules that know HTTP would take longer to import than it takes to answer.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python3", "-ISc", "import os, socket; s = socket.create_connection(('127.0.0.1', int(os.environ.get('CITESPAN_PORT', 8000))), 2); s.sendall(b'GET /readyz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n'); raise SystemExit(b' 200 ' not in s.recv(64))"]
STOPSIGNAL SIGTERM
LABEL org.opencontainers.image.title="Citespan" \
      org.opencontainers.image.description="Question answering over your own documents, in Chinese and English, by quoting them." \
      org.opencontainers.image.licenses="Apache-2.0"
CMD ["citespan", "serve"]

FROM base AS full
COPY --from=dependencies-full /opt/citespan /opt/citespan
COPY --from=sbom-full /src/sbom.json /usr/share/citespan/sbom.json
COPY seeds /usr/share/citespan/seeds
COPY --from=code /opt/own /opt/citespan
USER 10001:10001
RUN citespan index /usr/share/citespan/seeds
VOLUME /data
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.version="${VERSION}" org.opencontainers.image.revision="${REVISION}"

FROM base AS slim
COPY --from=dependencies /opt/citespan /opt/citespan
COPY --from=sbom /src/sbom.json /usr/share/citespan/sbom.json
COPY seeds /usr/share/citespan/seeds
COPY --from=code /opt/own /opt/citespan
USER 10001:10001
RUN citespan index /usr/share/citespan/seeds
VOLUME /data
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.version="${VERSION}" org.opencontainers.image.revision="${REVISION}"
