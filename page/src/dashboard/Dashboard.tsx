import type { Base } from '../feishu';

export const Dashboard = ({ openId, base }: { openId: string; base: Base }) => <p data-who={openId}>{base.name}</p>;
