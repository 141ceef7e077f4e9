// Bases, tables, fields, records, views and forms through the official Node SDK.

'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { lark, data, refusal, all, main } = require('./scenarios');

const FIELDS = [
  { field_name: 'Title', type: 1 },
  { field_name: 'Amount', type: 2, ui_type: 'Currency', property: { formatter: '0.00', currency_code: 'CNY' } },
  { field_name: 'State', type: 3, property: { options: [{ name: 'Open', color: 0 }, { name: 'Done', color: 4 }] } },
  { field_name: 'Due', type: 5, property: { date_formatter: 'yyyy/MM/dd', auto_fill: false } },
  { field_name: 'Paid', type: 7 },
  { field_name: 'Owner', type: 11 },
];

async function newBase(client) {
  return (await data(client.bitable.v1.app.create({ data: { name: 'Node' } }))).app;
}

async function newTable(client) {
  const app = await newBase(client);
  const made = await data(client.bitable.v1.appTable.create({
    path: { app_token: app.app_token },
    data: { table: { name: 'Orders', default_view_name: 'All', fields: FIELDS } },
  }));
  return { path: { app_token: app.app_token, table_id: made.table_id }, made };
}

async function bases(client) {
  const { app } = client.bitable.v1;
  const made = await newBase(client);
  assert.match(made.app_token, /^[0-9A-Za-z]{27}$/);
  assert.match(made.default_table_id, /^tbl/);
  const path = { app_token: made.app_token };
  const before = (await data(app.get({ path }))).app;
  assert.deepEqual([before.name, before.is_advanced, before.time_zone], ['Node', false, 'Asia/Shanghai']);
  const renamed = await data(app.update({ path, data: { name: 'Node 2', is_advanced: true } }));
  assert.deepEqual(renamed.app, { app_token: made.app_token, name: 'Node 2', is_advanced: true });
  const copied = (await data(app.copy({ path, data: { name: 'Copy', without_content: true } }))).app;
  assert.notEqual(copied.app_token, made.app_token);
  assert.equal('default_table_id' in copied, false);
  assert.ok((await data(app.get({ path }))).app.revision > before.revision);
}

async function tables(client) {
  const { appTable } = client.bitable.v1;
  const { path, made } = await newTable(client);
  assert.equal(made.field_id_list.length, FIELDS.length);
  assert.match(made.default_view_id, /^vew/);
  const base = { app_token: path.app_token };
  const batch = await data(appTable.batchCreate({ path: base, data: { tables: [{ name: 'A' }, { name: 'B' }] } }));
  assert.equal(batch.table_ids.length, 2);
  const named = await all(appTable.listWithIterator({ path: base, params: { page_size: 2 } }));
  assert.deepEqual(named.map((table) => table.name), ['数据表', 'Orders', 'A', 'B']);
  const page = await data(appTable.list({ path: base, params: { page_size: 3 } }));
  assert.deepEqual([page.has_more, page.total, page.items.length], [true, 4, 3]);
  assert.equal((await data(appTable.patch({ path, data: { name: 'Sales' } }))).name, 'Sales');
  await data(appTable.batchDelete({ path: base, data: { table_ids: batch.table_ids } }));
  await data(appTable.delete({ path }));
  const last = await refusal(appTable.delete({ path: { ...base, table_id: named[0].table_id } }));
  assert.deepEqual([last.status, last.code], [403, 1254034]);
}

async function fields(client) {
  const { appTableField } = client.bitable.v1;
  const { path } = await newTable(client);
  const made = (await data(appTableField.create({
    path,
    params: { client_token: crypto.randomUUID() },
    data: { field_name: 'Tags', type: 4, property: { options: [{ name: 'x' }] }, description: { disable_sync: true, text: 'why' } },
  }))).field;
  assert.deepEqual(made.description, { disable_sync: true, text: 'why' });
  const listed = await all(appTableField.listWithIterator({ path, params: { page_size: 3 } }));
  assert.deepEqual(listed.map((field) => field.field_name), [...FIELDS.map((field) => field.field_name), 'Tags']);
  assert.deepEqual(listed.map((field) => field.is_primary), [true, false, false, false, false, false, false]);
  assert.equal(listed.at(-1).description, 'why');
  const segments = await data(appTableField.list({ path, params: { text_field_as_array: true } }));
  assert.deepEqual(segments.items.at(-1).description, [{ type: 'text', text: 'why' }]);
  const one = { ...path, field_id: made.field_id };
  const property = { options: [{ id: made.property.options[0].id, name: 'y' }, { name: 'z' }] };
  const changed = (await data(appTableField.update({ path: one, data: { field_name: 'Tags', type: 4, property } }))).field;
  assert.deepEqual(changed.property.options.map((option) => option.name), ['y', 'z']);
  const same = await refusal(appTableField.update({ path: one, data: { field_name: 'Tags', type: 4, property: changed.property } }));
  assert.deepEqual([same.status, same.code], [200, 1254606]);
  const untyped = await refusal(appTableField.update({ path: one, data: { field_name: 'Tags' } }));
  assert.deepEqual([untyped.status, untyped.code, untyped.error.field_violations[0].field], [400, 99992402, 'type']);
  assert.deepEqual(await data(appTableField.delete({ path: one })), { field_id: made.field_id, deleted: true });
}

async function records(client, ready) {
  const { appTableRecord } = client.bitable.v1;
  const { path } = await newTable(client);
  const owner = ready.users[0];
  const wanted = { Title: 'a', Amount: 12.5, State: 'New', Due: 1767225600000, Paid: true, Owner: [{ id: owner.open_id }] };
  const made = (await data(appTableRecord.create({ path, data: { fields: wanted } }))).record;
  assert.deepEqual([made.fields, made.id], [wanted, made.record_id]);
  const token = { client_token: crypto.randomUUID() };
  const rows = { records: [{ fields: { Title: 'b', State: 'Done' } }, { fields: { Title: 'c' } }] };
  const first = await data(appTableRecord.batchCreate({ path, params: token, data: rows }));
  const again = await data(appTableRecord.batchCreate({ path, params: token, data: rows }));
  assert.deepEqual(again, first);
  const ids = first.records.map((record) => record.record_id);
  await data(appTableRecord.batchUpdate({ path, data: { records: [{ record_id: made.record_id, fields: { Due: null, Title: 'a2' } }] } }));
  await data(appTableRecord.update({ path: { ...path, record_id: ids[1] }, data: { fields: { Amount: 3 } } }));
  const got = await data(appTableRecord.batchGet({ path, data: { record_ids: [made.record_id, 'recNobody00000'], automatic_fields: true } }));
  const [record] = got.records;
  assert.deepEqual(got.absent_record_ids, ['recNobody00000']);
  assert.equal('Due' in record.fields, false);
  assert.deepEqual(record.fields.Title, [{ text: 'a2', type: 'text' }]);
  assert.deepEqual([record.fields.Owner[0].name, record.fields.State], [owner.name, 'New']);
  assert.equal(typeof record.created_time, 'number');
  const removed = await data(appTableRecord.batchDelete({ path, data: { records: [ids[0]] } }));
  assert.deepEqual(removed.records, [{ deleted: true, record_id: ids[0] }]);
  assert.equal((await data(appTableRecord.delete({ path: { ...path, record_id: ids[1] } }))).deleted, true);
}

async function reading(client) {
  const { appTableRecord } = client.bitable.v1;
  const { path } = await newTable(client);
  const rows = Array.from({ length: 7 }, (_, n) => ({ fields: { Title: `t${n}`, Amount: n, State: n % 2 ? 'Done' : 'Open' } }));
  await data(appTableRecord.batchCreate({ path, data: { records: rows } }));
  const filter = { conjunction: 'and', conditions: [{ field_name: 'State', operator: 'is', value: ['Open'] }] };
  const search = { field_names: ['Title'], filter, sort: [{ field_name: 'Amount', desc: true }] };
  const found = await all(appTableRecord.searchWithIterator({ path, params: { page_size: 3 }, data: search }));
  assert.deepEqual(found.map((record) => record.fields.Title[0].text), ['t6', 't4', 't2', 't0']);
  const plain = await data(appTableRecord.search({ path, params: { page_size: 2 }, data: { filter } }));
  assert.deepEqual([plain.total, plain.has_more, plain.items.length], [4, true, 2]);
  const legacy = { page_size: 2, filter: 'CurrentValue.[Amount]>3', sort: '["Amount ASC"]' };
  const listed = await all(appTableRecord.listWithIterator({ path, params: legacy }));
  assert.deepEqual(listed.map((record) => record.fields.Title), ['t4', 't5', 't6']);
  const one = await data(appTableRecord.get({ path: { ...path, record_id: listed[0].record_id }, params: { text_field_as_array: true } }));
  assert.deepEqual(one.record.fields.Title, [{ text: 't4', type: 'text' }]);
}

async function views(client) {
  const { appTableView, appTableField } = client.bitable.v1;
  const { path } = await newTable(client);
  const { view } = await data(appTableView.create({ path, data: { view_name: 'Board', view_type: 'kanban' } }));
  assert.deepEqual([view.view_name, view.view_type], ['Board', 'kanban']);
  const listed = await all(appTableView.listWithIterator({ path, params: { page_size: 1 } }));
  assert.deepEqual(listed.map((item) => [item.view_name, item.view_public_level]), [['All', 'Public'], ['Board', 'Public']]);
  const state = (await data(appTableField.list({ path }))).items.find((field) => field.field_name === 'State');
  const [open] = state.property.options;
  const conditions = [{ field_id: state.field_id, operator: 'is', value: JSON.stringify([open.id]) }];
  const property = { filter_info: { conjunction: 'and', conditions } };
  const one = { ...path, view_id: view.view_id };
  const patched = (await data(appTableView.patch({ path: one, data: { view_name: 'Open', property } }))).view;
  assert.equal(patched.view_name, 'Open');
  const read = (await data(appTableView.get({ path: one }))).view;
  const [kept] = read.property.filter_info.conditions;
  assert.deepEqual([kept.field_id, kept.field_type, kept.operator, kept.value], [state.field_id, 3, 'is', `["${open.id}"]`]);
  assert.match(kept.condition_id, /^con/);
  await data(appTableView.delete({ path: one }));
  const gone = await refusal(appTableView.get({ path: one }));
  assert.deepEqual([gone.status, gone.code], [404, 1254042]);
}

async function forms(client) {
  const { appTableView, appTableForm, appTableFormField } = client.bitable.v1;
  const { path } = await newTable(client);
  const { view } = await data(appTableView.create({ path, data: { view_name: 'Ask', view_type: 'form' } }));
  const form = { ...path, form_id: view.view_id };
  assert.equal((await data(appTableForm.get({ path: form }))).form.name, 'Ask');
  const patched = await data(appTableForm.patch({ path: form, data: { name: 'Tell', shared: true, shared_limit: 'tenant_editable' } }));
  assert.deepEqual([patched.form.name, patched.form.shared], ['Tell', true]);
  const asked = await all(appTableFormField.listWithIterator({ path: form, params: { page_size: 2 } }));
  assert.deepEqual(asked.map((question) => question.title), FIELDS.map((field) => field.field_name));
  const question = { ...form, field_id: asked[1].field_id };
  const told = await data(appTableFormField.patch({ path: question, data: { title: 'How much?', required: true, pre_field_id: '' } }));
  assert.deepEqual([told.field ?? told.fields].map((field) => [field.title, field.required]), [['How much?', true]]);
}

async function refusals(client, ready) {
  const { appTableRecord, appTable } = client.bitable.v1;
  const { path } = await newTable(client);
  const unknown = await refusal(appTableRecord.create({ path, data: { fields: { Titel: 'x' } } }));
  assert.deepEqual([unknown.status, unknown.code, unknown.msg], [200, 1254045, 'FieldNameNotFound']);
  assert.match(unknown.error.message, /fields\.Titel/);
  const nowhere = await refusal(appTable.list({ path: { app_token: 'nobody' } }));
  assert.equal(nowhere.code, 91402);
  const fresh = new lark.Client({ appId: ready.app_id, appSecret: 'wrong', domain: ready.base_url, disableTokenCache: true });
  await assert.rejects(Promise.resolve().then(() => fresh.bitable.v1.appTable.list({ path })));
}

async function as_a_person(client, ready) {
  const { appTableRecord } = client.bitable.v1;
  const { path } = await newTable(client);
  const person = ready.users[2];
  const as = lark.withUserAccessToken(person.user_access_token);
  const { record } = await data(appTableRecord.create({ path, data: { fields: { Title: 'mine' } } }, as));
  const got = await data(appTableRecord.batchGet({ path, data: { record_ids: [record.record_id], automatic_fields: true } }));
  assert.equal(got.records[0].created_by.id, person.open_id);
  const refused = await refusal(client.bitable.v1.appTable.delete({ path }, as));
  assert.deepEqual([refused.status, refused.code], [403, 1254302]);
}

main({ bases, tables, fields, records, reading, views, forms, refusals, as_a_person });
