# One image for every replica; what it holds comes from the locks, with hashes.
FROM node:20-slim AS page
WORKDIR /src/page
COPY page/package.json page/package-lock.json page/.npmrc ./
RUN npm ci --silent
COPY page ./
RUN npm run build

FROM python:3.11-slim AS packages
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE field_schema.json policy.json ./
RUN python -m venv /opt/feishu_plugin \
    && /opt/feishu_plugin/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY feishu_plugin feishu_plugin
COPY --from=page /src/feishu_plugin/sandbox/built feishu_plugin/sandbox/built
RUN /opt/feishu_plugin/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
COPY --from=packages /opt/feishu_plugin /opt/feishu_plugin
RUN useradd --system --user-group --create-home plugin \
    && install -d -o plugin -g plugin /var/lib/feishu_plugin
ENV PATH=/opt/feishu_plugin/bin:$PATH
USER plugin
WORKDIR /var/lib/feishu_plugin
VOLUME /var/lib/feishu_plugin
ENTRYPOINT ["feishu-plugin"]
CMD ["serve"]
