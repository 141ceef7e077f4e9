// The official EventDispatcher behind an HTTP server: prints its URL, then one JSON line per accepted event.
// `node webhook.js ENCRYPT_KEY VERIFICATION_TOKEN` (an empty key: no encryption, no signature).

'use strict';

const http = require('node:http');
const { lark, quiet } = require('./scenarios');

const [encryptKey, verificationToken] = process.argv.slice(2);

function tell(kind, value) {
  process.stdout.write(`${JSON.stringify({ kind, value })}\n`);
}

const dispatcher = new lark.EventDispatcher({ encryptKey, verificationToken, logger: quiet }).register({
  'drive.file.bitable_record_changed_v1': async (event) => tell('record', event),
  'card.action.trigger': async (event) => {
    tell('card', event);
    return event.action.value.answer;
  },
});

const server = http.createServer(lark.adaptDefault('/events', dispatcher, { autoChallenge: true }));
server.listen(0, '127.0.0.1', () => tell('url', `http://127.0.0.1:${server.address().port}/events`));
