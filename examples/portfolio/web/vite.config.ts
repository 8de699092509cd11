import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Same origin, as in production: the API is under /api.
const api = process.env['API'] ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [react()],
  server: { proxy: { '/api': api } },
  build: { target: 'es2023', manifest: true, sourcemap: false, reportCompressedSize: true },
})
