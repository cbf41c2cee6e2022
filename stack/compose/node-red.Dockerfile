# The pack is built and packed as it is released, then installed as a user would.
FROM node:20-bookworm-slim AS pack
WORKDIR /pack
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build \
 && npm pack --ignore-scripts --pack-destination /out \
 && node --import tsx stack/compose/write-flows.ts /out/flows.json

FROM nodered/node-red:4.1
COPY --from=pack /out/*.tgz /tmp/
RUN npm install --omit=dev --no-audit --no-fund /tmp/*.tgz @flowfuse/node-red-dashboard@1.31.0
COPY --chown=node-red:root --from=pack /out/flows.json /data/flows.json
COPY --chown=node-red:root stack/compose/settings.cjs /data/settings.js
