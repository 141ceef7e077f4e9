// Misfortunes switched on and off, and what the app has called so far.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Drawer, Slider, Switch } from 'antd';
import { control } from '../feishu';
import { useRefusal } from '../records/refusals';
import { useWords } from '../words';
import './faults.css';
import { type Misfortune, MISFORTUNES, nameOf, type Rule } from './named';
import { Stats } from './Stats';

const FIRST = 0.3;
const KEY = ['faults'];

export function Faults({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { say } = useWords();
  return (
    <Drawer open={open} onClose={onClose} size={520} destroyOnHidden title={say({ zh: '故障与调用统计', en: 'Misfortunes and calls' })}>
      <Panel />
      <Stats />
    </Drawer>
  );
}

function Panel() {
  const { say } = useWords();
  const queries = useQueryClient();
  const refuse = useRefusal();
  const { data: rules = [] } = useQuery({ queryKey: KEY, queryFn: async () => (await control<{ rules: Rule[] }>('GET', 'faults')).rules });
  const order = async (next: Rule[]) => {
    await control('PUT', 'faults', { rules: next }).catch(refuse);
    await queries.invalidateQueries({ queryKey: KEY });
  };
  const others = rules.filter((rule) => nameOf(rule) === undefined);
  return (
    <section aria-label={say({ zh: '故障', en: 'Misfortunes' })}>
      <p className="quiet">{say({ zh: '只影响应用的调用和事件，不影响本页面。', en: 'They strike the app and its events, never this page.' })}</p>
      <ul className="faults">
        {MISFORTUNES.map((one) => {
          const inForce = rules.find((rule) => nameOf(rule) === one);
          const rest = rules.filter((rule) => nameOf(rule) !== one);
          return <Line key={one.key} one={one} inForce={inForce} onChange={(p) => void order(p === 0 ? rest : [...rest, { ...one.rule, probability: p }])} />;
        })}
      </ul>
      {others.length > 0 && <Alert type="info" title={`${say({ zh: '另有别处设置的规则', en: 'Rules set elsewhere' })}: ${others.map((rule) => `${rule.kind} ${rule.route}`).join(', ')}`} />}
      <Button danger disabled={rules.length === 0} onClick={() => void order([])}>{say({ zh: '全部关闭', en: 'All off' })}</Button>
    </section>
  );
}

type LineProps = { one: Misfortune; inForce: Rule | undefined; onChange: (probability: number) => void };

function Line({ one, inForce, onChange }: LineProps) {
  const { say } = useWords();
  const percent = Math.round((inForce?.probability ?? FIRST) * 100);
  const label = say(one.words);
  return (
    <li>
      <Switch checked={inForce !== undefined} aria-label={label} onChange={(on) => onChange(on ? FIRST : 0)} />
      <div><strong>{label}</strong><div className="quiet">{say(one.about)}</div></div>
      {inForce && (
        <Slider key={percent} min={5} max={100} step={5} defaultValue={percent} tooltip={{ formatter: (value) => `${value}%` }}
          ariaLabelForHandle={`${label} %`} onChangeComplete={(value) => onChange(value / 100)} />
      )}
      {inForce && <span className="percent">{percent}%</span>}
    </li>
  );
}
