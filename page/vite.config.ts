import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Served by the sandbox below /_sandbox/page/; `npx vite` forwards calls to a sandbox on 8900.
export default defineConfig({
  base: '/_sandbox/page/',
  plugins: [react()],
  build: { outDir: '../feishu_plugin/sandbox/built', emptyOutDir: true, chunkSizeWarningLimit: 4000 },
  server: { proxy: { '^/_sandbox/(?!page)': 'http://127.0.0.1:8900' } },
});
