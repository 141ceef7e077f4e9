// One row with all its columns, to read and to edit, beside the table.
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Drawer, Empty, Space, Tooltip } from 'antd';
import { EditOutlined, LockOutlined } from '@ant-design/icons';
import { useState } from 'react';
import { Cell } from '../cells/Cell';
import { Editor } from '../cells/Editor';
import { asShown, asWritten } from '../cells/shapes';
import { titleOf } from '../cells/titles';
import { describe, readOnly } from '../cells/types';
import type { Field, Row } from '../feishu';
import { useGround } from '../ground/Ground';
import { useWords } from '../words';
import './details.css';
import { noteOf, remember } from './putbacks';
import { useRefusal } from './refusals';
import { read, update } from './writes';

export function Details({ recordId, onClose }: { recordId: string | null; onClose: () => void }) {
  const ground = useGround();
  const { say } = useWords();
  const { data: row } = useQuery({
    queryKey: ['records', ground.base.app_token, ground.tableId, 'row', ground.openId, recordId],
    queryFn: async () => (await read(ground, [recordId!]))[0] ?? null,
    enabled: recordId !== null,
  });
  return (
    <Drawer open={recordId !== null} onClose={onClose} size={560} destroyOnHidden className="details"
      title={row ? titleOf(ground.fields, row, ground) : ''} aria-label={say({ zh: '记录详情', en: 'Record' })}>
      {row ? <Fields row={row} /> : row === null && <Empty description={say({ zh: '这一行已被删除', en: 'The row was deleted' })} />}
    </Drawer>
  );
}

function Fields({ row }: { row: Row }) {
  const ground = useGround();
  const note = noteOf(ground.fields, row.fields, ground);
  return (
    <>
      {note && <Alert type="warning" showIcon title={note} className="details-note" />}
      <dl>
        {ground.fields.map((field) => <Line key={field.field_id} field={field} row={row} />)}
      </dl>
    </>
  );
}

function Line({ field, row }: { field: Field; row: Row }) {
  const { say } = useWords();
  const [editing, setEditing] = useState(false);
  const [edited, setEdited] = useState(false);
  const why = readOnly(field);
  const value = row.fields[field.field_name];
  const close = () => {
    setEditing(false);
    setEdited(true); // the keyboard goes back to where it came from
  };
  return (
    <div className="details-line">
      <dt title={describe(field)}>{field.field_name}</dt>
      <dd>
        {editing ? <Editing field={field} row={row} onClose={close} /> : <Cell field={field} value={value} />}
        {why && <Tooltip title={say(why)}><LockOutlined tabIndex={0} aria-label={say(why)} className="details-lock" /></Tooltip>}
        {!why && !editing && (
          <Button type="text" size="small" icon={<EditOutlined />} autoFocus={edited} onClick={() => setEditing(true)}
            aria-label={say({ zh: `修改 ${field.field_name}`, en: `Edit ${field.field_name}` })} />
        )}
      </dd>
    </div>
  );
}

function Editing({ field, row, onClose }: { field: Field; row: Row; onClose: () => void }) {
  const ground = useGround();
  const { say } = useWords();
  const refuse = useRefusal();
  const before = row.fields[field.field_name];
  const [value, setValue] = useState(asWritten(field, before));
  const save = async () => {
    const name = field.field_name;
    remember(ground, row.record_id, { [name]: before }, { [name]: asShown(field, value, ground.people) });
    await update(ground, [{ record_id: row.record_id, fields: { [name]: value } }]).catch(refuse);
    onClose();
  };
  return (
    <div className="details-editing" onKeyDown={(event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      onClose();
    }}>
      <Editor field={field} value={value} onChange={setValue} autoFocus label={field.field_name} />
      <Space>
        <Button size="small" type="primary" onClick={() => void save()}>{say({ zh: '保存', en: 'Save' })}</Button>
        <Button size="small" onClick={onClose}>{say({ zh: '取消', en: 'Cancel' })}</Button>
      </Space>
    </div>
  );
}
