import { useQuery } from '@tanstack/react-query';
import { useWords } from './words';
import { control, type Person } from './feishu';

export function Page() {
  const { say } = useWords();
  const people = useQuery({ queryKey: ['people'], queryFn: () => control<{ people: Person[] }>('GET', 'people') });
  return (
    <main>
      <h1>{say({ zh: '沙盒飞书', en: 'Sandbox Feishu' })}</h1>
      <ul>{people.data?.people.map((person) => <li key={person.open_id}>{person.name}</li>)}</ul>
    </main>
  );
}
