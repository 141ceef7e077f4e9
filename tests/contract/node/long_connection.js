// The official WSClient: prints one JSON line {"kind", "value"} per thing that happens to it.
// `node long_connection.js '<ready line>'`. A card action is answered with what its value orders.

'use strict';

const { lark, quiet } = require('./scenarios');

const ready = JSON.parse(process.argv[2]);

function tell(kind, value = null) {
  process.stdout.write(`${JSON.stringify({ kind, value })}\n`);
}

const dispatcher = new lark.EventDispatcher({ logger: quiet }).register({
  'drive.file.bitable_record_changed_v1': async (event) => tell('record', event),
  'drive.file.bitable_field_changed_v1': async (event) => tell('field', event),
  'card.action.trigger': async (event) => {
    tell('card', event);
    if (event.action.value.raise) throw new Error('ordered to fail');
    return event.action.value.answer;
  },
});

const client = new lark.WSClient({
  appId: ready.app_id,
  appSecret: ready.app_secret,
  domain: ready.base_url,
  logger: quiet,
  onReady: () => tell('ready'),
  onReconnecting: () => tell('reconnecting'),
  onReconnected: () => tell('reconnected'),
  onError: (error) => tell('error', String(error)),
});

client.start({ eventDispatcher: dispatcher });
