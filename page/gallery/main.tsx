// Shows one part of the page alone: ?cards, ?inbox=open_id or ?dashboard=app_token&as=open_id.
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Card } from '../src/cards/Card';
import { Dashboard } from '../src/dashboard/Dashboard';
import { type Base, control, type Person } from '../src/feishu';
import { useLive } from '../src/live';
import { Inbox } from '../src/messages/Inbox';
import { LanguageProvider } from '../src/words';

const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: 0 } } });
const asked = new URLSearchParams(location.search);

function Cards({ people }: { people: Person[] }) {
  const cards = useQuery({ queryKey: ['cards'], queryFn: () => control<Record<string, unknown>>('GET', 'page/cards.json') });
  return Object.entries(cards.data ?? {}).map(([name, card]) => (
    <section key={name} className="piece" data-card={name}>
      <Card content={card} people={people} onPress={async (...pressed) => { document.title = JSON.stringify(pressed); }} />
    </section>
  ));
}

function Gallery() {
  const hearing = useLive();
  const people = useQuery({ queryKey: ['people'], queryFn: () => control<{ people: Person[] }>('GET', 'people') });
  const bases = useQuery({ queryKey: ['bases'], queryFn: () => control<{ bases: Base[] }>('GET', 'bases') });
  if (hearing === 'not yet' || !people.data || !bases.data) return null;
  const inbox = asked.get('inbox');
  const base = bases.data.bases.find((one) => one.app_token === asked.get('dashboard'));
  if (inbox) return <div style={{ height: '100vh' }}><Inbox openId={inbox} people={people.data.people} /></div>;
  if (base) return <Dashboard openId={asked.get('as') ?? ''} base={base} />;
  return <Cards people={people.data.people} />;
}

createRoot(document.getElementById('page')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <LanguageProvider><Gallery /></LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);
