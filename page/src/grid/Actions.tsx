// What can be done with rows: add one, delete the chosen ones.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Popconfirm, Space } from 'antd';
import { useState } from 'react';
import type { Row } from '../feishu';
import { useGround } from '../ground/Ground';
import { useRefusal } from '../records/refusals';
import { BATCH, create, remove } from '../records/writes';
import { useWords, type Words } from '../words';

type Props = { chosen: Row[]; total: number | null; note: Words | null; onOpen: (recordId: string) => void; onDone: () => void };

export function Actions({ chosen, total, note, onOpen, onDone }: Props) {
  const ground = useGround();
  const { say } = useWords();
  const refuse = useRefusal();
  const [busy, setBusy] = useState(false);
  const run = async (what: () => Promise<void>) => {
    setBusy(true);
    await what().catch(refuse);
    setBusy(false);
  };
  const add = async () => onOpen((await create(ground, [{}])).records[0]!.record_id);
  const drop = async () => {
    const ids = chosen.map((row) => row.record_id);
    for (let at = 0; at < ids.length; at += BATCH) await remove(ground, ids.slice(at, at + BATCH));
    onDone();
  };
  return (
    <Space className="grid-actions">
      <Button icon={<PlusOutlined />} loading={busy} onClick={() => void run(add)}>{say({ zh: '新增一行', en: 'Add a row' })}</Button>
      {chosen.length > 0 && (
        <Popconfirm title={say({ zh: `删除 ${chosen.length} 行？`, en: `Delete ${chosen.length} rows?` })} onConfirm={() => run(drop)} okButtonProps={{ autoFocus: true }}>
          <Button danger icon={<DeleteOutlined />}>{say({ zh: `删除所选 ${chosen.length} 行`, en: `Delete ${chosen.length} chosen` })}</Button>
        </Popconfirm>
      )}
      {total !== null && <span className="quiet">{say({ zh: `共 ${total} 行`, en: `${total} rows` })}</span>}
      {note && <span className="quiet">{say(note)}</span>}
    </Space>
  );
}
