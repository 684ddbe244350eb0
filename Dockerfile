# One image for every process of Tapline; the command says which.
FROM node:22-bookworm-slim AS node

FROM python:3.12-slim-bookworm AS build
WORKDIR /src
COPY requirements.txt ./
RUN python -m venv /opt/tapline \
    && /opt/tapline/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
COPY . .
RUN /opt/tapline/bin/pip install --no-cache-dir --no-deps -e . \
    && /opt/tapline/bin/python -m tapline_api.assets \
    && rm -rf api/node_modules

FROM python:3.12-slim-bookworm
# The user id of the Mosquitto image: both read the devices' password file.
RUN useradd --uid 1883 --create-home tapline && install -d -o tapline /data /run/tapline
COPY --from=build /opt/tapline /opt/tapline
COPY --from=build /src /src
ENV PATH=/opt/tapline/bin:$PATH PYTHONUNBUFFERED=1 TAPLINE_DATA_DIR=/data
USER tapline
WORKDIR /data
VOLUME /data
ENTRYPOINT ["tapline"]
CMD ["--help"]
