import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Cards, chats and dashboards one by one, for the tests in a browser; never served by the sandbox.
export default defineConfig({
  base: '/_sandbox/page/',
  plugins: [react()],
  build: {
    outDir: '.gallery', emptyOutDir: true, minify: false, chunkSizeWarningLimit: 20000,
    rolldownOptions: { input: 'gallery.html' },
  },
});
