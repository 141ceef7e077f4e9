// Tokens, messages, images, contacts and document subscriptions through the official Node SDK.

'use strict';

const assert = require('node:assert/strict');
const { data, refusal, all, main } = require('./scenarios');

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(16)]);

function card(text) {
  const body = { elements: [{ tag: 'markdown', content: text }] };
  return JSON.stringify({ schema: '2.0', config: { update_multi: true }, body });
}

async function token(client, ready) {
  const told = await client.auth.v3.tenantAccessToken.internal({
    data: { app_id: ready.app_id, app_secret: ready.app_secret },
  });
  assert.deepEqual([told.code, told.msg], [0, 'ok']);
  assert.match(told.tenant_access_token, /^t-/);
  assert.ok(told.expire > 1800 && told.expire <= 7200);
  const wrong = await refusal(client.auth.v3.tenantAccessToken.internal({ data: { app_id: ready.app_id, app_secret: 'x' } }));
  assert.equal(wrong.code, 10015);
}

async function messages(client, ready) {
  const { message } = client.im.v1;
  const [user] = ready.users;
  const sent = await data(message.create({
    params: { receive_id_type: 'open_id' },
    data: { receive_id: user.open_id, msg_type: 'interactive', content: card('周报'), uuid: 'node-1' },
  }));
  assert.match(sent.message_id, /^om_/);
  assert.deepEqual([sent.sender.id, sent.sender.id_type, sent.msg_type], [ready.app_id, 'app_id', 'interactive']);
  const path = { message_id: sent.message_id };
  assert.equal((await message.patch({ path, data: { content: card('月报') } })).code, 0);
  const read = await data(message.get({ path }));
  assert.deepEqual([read.items.length, read.items[0].updated], [1, true]);
  const answer = await data(message.reply({ path, data: { msg_type: 'text', content: JSON.stringify({ text: '好' }) } }));
  assert.deepEqual([answer.parent_id, answer.root_id], [sent.message_id, sent.message_id]);
  assert.equal((await message.delete({ path: { message_id: answer.message_id } })).code, 0);
  const bad = await refusal(message.create({
    params: { receive_id_type: 'open_id' },
    data: { receive_id: user.open_id, msg_type: 'interactive', content: '{"schema":"2.0","note":1}' },
  }));
  assert.deepEqual([bad.status, bad.code], [400, 230099]);
}

async function images(client) {
  const made = await client.im.v1.image.create({ data: { image_type: 'message', image: PNG } });
  assert.match((made.data || made).image_key, /^img_/);
  const file = await client.im.v1.image.get({ path: { image_key: (made.data || made).image_key } });
  const chunks = [];
  for await (const chunk of file.getReadableStream()) chunks.push(chunk);
  assert.deepEqual(Buffer.concat(chunks), PNG);
}

async function attachments(client) {
  const { app, appTable, appTableRecord } = client.bitable.v1;
  const base = (await data(app.create({ data: { name: 'Files' } }))).app;
  const headers = [{ field_name: 'Title', type: 1 }, { field_name: 'Files', type: 17 }];
  const table = { name: 'F', default_view_name: 'All', fields: headers };
  const made = await data(appTable.create({ path: { app_token: base.app_token }, data: { table } }));
  const path = { app_token: base.app_token, table_id: made.table_id };
  const upload = { file_name: 'a.png', parent_type: 'bitable_file', parent_node: base.app_token, size: PNG.length };
  const { file_token } = await client.drive.v1.media.uploadAll({ data: { ...upload, file: PNG } });
  await data(appTableRecord.create({ path, data: { fields: { Files: [{ file_token }] } } }));
  const [record] = (await data(appTableRecord.search({ path, data: {} }))).items;
  const [file] = record.fields.Files;
  assert.deepEqual([file.file_token, file.name, file.size, file.type], [file_token, 'a.png', PNG.length, 'image/png']);
  const got = await client.drive.v1.media.download({ path: { file_token } });
  const chunks = [];
  for await (const chunk of got.getReadableStream()) chunks.push(chunk);
  assert.deepEqual(Buffer.concat(chunks), PNG);
}

async function contacts(client, ready) {
  const { user, department } = client.contact.v3;
  const [boss, , somebody] = ready.users;
  const found = await data(user.batchGetId({
    params: { user_id_type: 'open_id' },
    data: { emails: [somebody.email, 'nobody@example.com'] },
  }));
  assert.deepEqual(found.user_list.map((entry) => entry.user_id), [somebody.open_id, undefined]);
  const shown = (await data(user.get({ path: { user_id: somebody.open_id } }))).user;
  assert.deepEqual([shown.name, shown.union_id, shown.user_id], [somebody.name, somebody.union_id, somebody.user_id]);
  const below = await all(department.childrenWithIterator({ path: { department_id: '0' }, params: { page_size: 2 } }));
  const names = below.map((one) => one.name);
  assert.ok(['客服', '产品', '研发'].every((name) => names.includes(name)), String(names));
  const members = [];
  for (const one of below) {
    const params = { department_id: one.open_department_id, page_size: 1 };
    members.push(...await all(user.findByDepartmentWithIterator({ params })));
  }
  assert.equal(members.length, ready.users.length);
  const batch = await data(user.batch({ params: { user_ids: [boss.open_id, somebody.open_id] } }));
  assert.deepEqual(batch.items.map((one) => one.name), [boss.name, somebody.name]);
}

async function subscriptions(client) {
  const app = (await data(client.bitable.v1.app.create({ data: { name: 'Watched' } }))).app;
  const asked = { path: { file_token: app.app_token }, params: { file_type: 'bitable' } };
  const { file } = client.drive.v1;
  assert.equal((await data(file.getSubscribe(asked))).is_subscribe, false);
  assert.equal((await file.subscribe(asked)).code, 0);
  assert.equal((await file.subscribe(asked)).code, 0);
  assert.equal((await data(file.getSubscribe(asked))).is_subscribe, true);
  assert.equal((await file.deleteSubscribe(asked)).code, 0);
  const again = await refusal(file.deleteSubscribe(asked));
  assert.equal(again.code, 1069605);
}

async function collaborators(client, ready) {
  const app = (await data(client.bitable.v1.app.create({ data: { name: 'Shared' } }))).app;
  const { permissionMember } = client.drive.v1;
  const asked = { path: { token: app.app_token }, params: { type: 'bitable' } };
  const member = { member_type: 'openid', member_id: ready.users[1].open_id, perm: 'full_access' };
  assert.equal((await data(permissionMember.create({ ...asked, data: member }))).member.perm, 'full_access');
  const listed = await data(permissionMember.list(asked));
  assert.ok(listed.items.some((one) => one.member_id === member.member_id));
}

async function wiki(client) {
  const { space, spaceNode } = client.wiki.v2;
  const { space_id } = (await data(space.list({}))).items[0];
  const wanted = { obj_type: 'bitable', node_type: 'origin', title: 'Wiki' };
  const made = (await data(spaceNode.create({ path: { space_id }, data: wanted }))).node;
  const found = (await data(space.getNode({ params: { token: made.node_token } }))).node;
  assert.deepEqual(found, made);
  const asked = { token: made.obj_token, obj_type: 'bitable' };
  assert.deepEqual((await data(space.getNode({ params: asked }))).node, made);
  const { app } = await data(client.bitable.v1.app.get({ path: { app_token: made.obj_token } }));
  assert.equal(app.name, 'Wiki');
  const lost = await refusal(space.getNode({ params: { token: 'nobody' } }));
  assert.deepEqual([lost.status, lost.code], [400, 131005]);
}

async function bot(client) {
  const told = await client.request({ method: 'GET', url: '/open-apis/bot/v3/info' });
  assert.equal(told.code, 0);
  assert.match(told.bot.open_id, /^ou_/);
}

main({ token, messages, images, attachments, contacts, subscriptions, collaborators, wiki, bot });
