# One image per service: docker build --build-arg SERVICE=graph -t neuralforge-graph .
# SERVICE is a context (workspace, graph, dataset, training, export, billing) or `gateway`.
# Its jobs run in an image built with EXTRAS=<service>,foundry.
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY proto proto
COPY blueprint blueprint
COPY foundry foundry
COPY kernel kernel
COPY services services
COPY gateway gateway
COPY cli cli
ARG SERVICE
ARG EXTRAS=${SERVICE}
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir -c constraints.txt hatchling editables grpcio-tools mypy-protobuf \
 && case ",${EXTRAS}," in *,foundry,*) /venv/bin/pip install --no-cache-dir torch==2.13.0 ;; esac \
 && /venv/bin/pip install --no-cache-dir --no-build-isolation -c constraints.txt ".[${EXTRAS}]" \
 && /venv/bin/pip uninstall -y hatchling editables grpcio-tools mypy-protobuf

FROM python:${PYTHON}
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin neuralforge
COPY --from=build /venv /venv
ARG SERVICE
ENV SERVICE=${SERVICE} PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 NF_GRPC_HOST=0.0.0.0 NF_HTTP_HOST=0.0.0.0 NF_DATA_DIR=/tmp/neuralforge \
    NF_METRICS_HOST=0.0.0.0 NF_METRICS_PORT=9464
USER 10001
EXPOSE 50051 8080 9464
CMD ["sh", "-c", "if [ \"$SERVICE\" = gateway ]; then exec python -m gateway; else exec python -m services.$SERVICE; fi"]
