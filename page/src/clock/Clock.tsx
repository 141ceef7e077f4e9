// The sandbox's time: shown, taken forward, stopped.
import { ClockCircleOutlined, PauseOutlined, PlayCircleOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, DatePicker, Divider, Popover, Space } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useEffect, useState } from 'react';
import { fromPicker } from '../cells/dates';
import { control } from '../feishu';
import { useRefusal } from '../records/refusals';
import { useWords } from '../words';
import { STEPS } from './steps';

type Told = { now: string; frozen: boolean };
/** What the sandbox told, and when it did by this machine's clock. */
type Time = Told & { toldAt: number };

const SECOND_MS = 1000;

function useTime() {
  return useQuery({
    queryKey: ['clock'],
    queryFn: async (): Promise<Time> => ({ ...(await control<Told>('GET', 'clock')), toldAt: Date.now() }),
  });
}

/** The sandbox's present moment in milliseconds, going on by itself. */
function useNow(time: Time | undefined): number | null {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), SECOND_MS);
    return () => clearInterval(timer);
  }, []);
  if (!time) return null;
  return Date.parse(time.now) + (time.frozen ? 0 : Date.now() - time.toldAt);
}

export function Clock({ zone, compact }: { zone: string; compact: boolean }) {
  const { say } = useWords();
  const { data: time } = useTime();
  const now = useNow(time);
  const shown = now === null ? '…' : dayjs(now).tz(zone).format(compact ? 'MM-DD HH:mm' : 'YYYY-MM-DD HH:mm:ss');
  return (
    <Popover trigger="click" content={time && now !== null ? <Controls zone={zone} time={time} now={now} /> : null}>
      <Button type="text" icon={time?.frozen ? <PauseOutlined /> : <ClockCircleOutlined />} className="clock"
        aria-label={`${say({ zh: '沙盒时间', en: 'Sandbox time' })} ${shown}`}>
        <time>{shown}</time>
      </Button>
    </Popover>
  );
}

function Controls({ zone, time, now }: { zone: string; time: Time; now: number }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const refuse = useRefusal();
  const put = async (body: { now?: string; frozen?: boolean }) => {
    await control('PUT', 'clock', body).catch(refuse);
    await queries.invalidateQueries({ queryKey: ['clock'] });
  };
  const goTo = (ms: number) => put({ now: new Date(ms).toISOString() });
  return (
    <Space orientation="vertical" className="clock-controls">
      <Space wrap>
        {STEPS.map((step) => <Button key={step.key} onClick={() => void goTo(step.to(now, zone))}>{say(step.words)}</Button>)}
      </Space>
      <Divider size="small" />
      <Space wrap>
        <Button icon={time.frozen ? <PlayCircleOutlined /> : <PauseOutlined />} onClick={() => void put({ frozen: !time.frozen })}>
          {time.frozen ? say({ zh: '让时间走', en: 'Let time run' }) : say({ zh: '停住时间', en: 'Stop time' })}
        </Button>
        <JumpTo onJump={(day) => void goTo(fromPicker(day, zone))} />
      </Space>
      <small className="quiet">{zone}</small>
    </Space>
  );
}

function JumpTo({ onJump }: { onJump: (day: Dayjs) => void }) {
  const { say } = useWords();
  const label = say({ zh: '跳到…', en: 'Jump to…' });
  return <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" placeholder={label} aria-label={label} value={null} onChange={(day) => day && onJump(day)} />;
}
