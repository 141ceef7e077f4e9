import type { Person } from '../feishu';

export const Inbox = ({ openId, people }: { openId: string; people: Person[] }) => <p>{people.find((one) => one.open_id === openId)?.name}</p>;
