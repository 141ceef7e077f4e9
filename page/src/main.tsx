import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Page } from './Page';
import { LanguageProvider } from './words';

// The sandbox is near: it is asked whether or not this machine has a network.
const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: 1, networkMode: 'always' } } });

createRoot(document.getElementById('page')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <LanguageProvider>
        <Page />
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);
