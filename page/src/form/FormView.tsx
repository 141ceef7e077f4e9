// A form as the person who fills it in sees it; sending it adds a record.
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Form, Result, Skeleton, Typography } from 'antd';
import { useState } from 'react';
import { Editor, type EditorProps } from '../cells/Editor';
import { readOnly } from '../cells/types';
import { all, as, type Cells, type Field, type View } from '../feishu';
import { useGround } from '../ground/Ground';
import { useRefusal } from '../records/refusals';
import { create } from '../records/writes';
import { useWords } from '../words';

type Question = { field_id: string; title: string; description: string; required: boolean; visible: boolean };
type Head = { name: string; description: string };
type Asked = { head: Head; questions: Question[] };

function useForm(view: View) {
  const { openId, base, tableId } = useGround();
  return useQuery({
    queryKey: ['structure', base.app_token, 'form', tableId, view.view_id, openId],
    queryFn: async (): Promise<Asked> => {
      const path = `bitable/v1/apps/${base.app_token}/tables/${tableId}/forms/${view.view_id}`;
      const { form } = await as<{ form: Head }>(openId, 'GET', path);
      return { head: form, questions: await all<Question>(openId, `${path}/fields?page_size=100`) };
    },
  });
}

export function FormView({ view }: { view: View }) {
  const ground = useGround();
  const refuse = useRefusal();
  const { data: asked } = useForm(view);
  const [sent, setSent] = useState(false);
  if (!asked) return <Skeleton active className="waiting" />;
  const send = async (answers: Cells) => {
    const given = Object.entries(answers).filter(([, value]) => value !== undefined && value !== null);
    await create(ground, [Object.fromEntries(given)]).then(() => setSent(true), refuse);
  };
  return (
    <div className="form-place">
      <Card>
        <Typography.Title level={2}>{asked.head.name}</Typography.Title>
        <Typography.Paragraph type="secondary">{asked.head.description}</Typography.Paragraph>
        {sent ? <Sent onAgain={() => setSent(false)} /> : <Questions asked={asked} onSend={send} />}
      </Card>
    </div>
  );
}

function Sent({ onAgain }: { onAgain: () => void }) {
  const { say } = useWords();
  return (
    <Result status="success" title={say({ zh: '已提交', en: 'Sent' })}
      extra={<Button autoFocus onClick={onAgain}>{say({ zh: '再填一份', en: 'Fill in another' })}</Button>} />
  );
}

function Questions({ asked, onSend }: { asked: Asked; onSend: (answers: Cells) => Promise<void> }) {
  const { fields } = useGround();
  const { say } = useWords();
  const [busy, setBusy] = useState(false);
  const byId = new Map(fields.map((field) => [field.field_id, field]));
  const shown = asked.questions.filter((question) => question.visible && byId.has(question.field_id));
  const send = async (answers: Cells) => {
    setBusy(true);
    await onSend(answers);
    setBusy(false);
  };
  return (
    <Form<Cells> layout="vertical" onFinish={(answers) => void send(answers)} scrollToFirstError={{ focus: true }}>
      {shown.map((question) => <Asking key={question.field_id} question={question} field={byId.get(question.field_id)!} />)}
      <Button type="primary" htmlType="submit" loading={busy}>{say({ zh: '提交', en: 'Send' })}</Button>
    </Form>
  );
}

function Asking({ question, field }: { question: Question; field: Field }) {
  const { say } = useWords();
  const label = question.title || field.field_name;
  const why = readOnly(field);
  if (why) return <Form.Item label={label} extra={say(why)} required={question.required} />;
  const missing = say({ zh: `请填写：${label}`, en: `Please answer: ${label}` });
  return (
    <Form.Item name={field.field_name} label={label} extra={question.description || undefined}
      rules={[{ required: question.required, message: missing }]}>
      <Answer field={field} label={label} />
    </Form.Item>
  );
}

/** An editor as antd's form drives it. */
function Answer(props: Partial<EditorProps> & { field: Field; label: string }) {
  return <Editor {...props} value={props.value ?? null} onChange={props.onChange ?? (() => {})} />;
}
