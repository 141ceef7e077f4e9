# One image for every replica; what it holds comes from the lock, with hashes.
FROM python:3.11-slim
WORKDIR /srv/feishu_plugin
COPY requirements.lock pyproject.toml README.md LICENSE field_schema.json policy.json ./
COPY feishu_plugin feishu_plugin
RUN pip install --no-cache-dir --require-hashes -r requirements.lock \
    && pip install --no-cache-dir --no-deps --no-build-isolation . \
    && useradd --system --create-home plugin
USER plugin
WORKDIR /home/plugin
ENTRYPOINT ["feishu-plugin"]
CMD ["serve"]
