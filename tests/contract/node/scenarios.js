// Runs one named scenario against a sandbox with the official Node SDK; a failed assertion ends with code 1.
// `node FILE.js '<ready line of the sandbox>' SCENARIO`; `--list` prints the names as one JSON line.

'use strict';

const lark = require('@larksuiteoapi/node-sdk');

const quiet = { error() {}, warn() {}, info() {}, debug() {}, trace() {} };

/** The official client for the app of this sandbox. */
function clientOf(ready) {
  return new lark.Client({
    appId: ready.app_id,
    appSecret: ready.app_secret,
    domain: ready.base_url,
    logger: quiet,
  });
}

/** The payload of an answer; anything but code 0 throws with the whole answer. */
async function data(answer) {
  const told = await answer;
  if (told.code !== 0) throw new Error(`refused: ${JSON.stringify(told)}`);
  return told.data;
}

/** Status and body of a refusal, whether the SDK threw (non-2xx) or returned it (200 with a code). */
async function refusal(answer) {
  try {
    const body = await answer;
    return { status: 200, ...body };
  } catch (error) {
    if (!error.response) throw error;
    return { status: error.response.status, ...error.response.data };
  }
}

/** All items of an iterator's pages. */
async function all(iterator) {
  const items = [];
  for await (const page of await iterator) items.push(...(page.items || []));
  return items;
}

async function run(scenarios, argv) {
  if (argv[0] === '--list') {
    process.stdout.write(`${JSON.stringify(Object.keys(scenarios))}\n`);
    return;
  }
  const ready = JSON.parse(argv[0]);
  await scenarios[argv[1]](clientOf(ready), ready);
}

/** Makes a file of scenarios a program. */
function main(scenarios) {
  run(scenarios, process.argv.slice(2)).then(
    () => process.exit(0),
    (error) => {
      process.stderr.write(`${error.stack}\n${JSON.stringify(error.response && error.response.data)}\n`);
      process.exit(1);
    },
  );
}

module.exports = { lark, quiet, clientOf, data, refusal, all, main };
