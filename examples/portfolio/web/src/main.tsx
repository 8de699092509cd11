import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { get, type PathOf } from './api/client'
import { queries } from './api/queries'
import { App } from './app'
import './styles/tokens.css'
import './styles/base.css'
import './styles/parts.css'
import './styles/buttons.css'
import './styles/fields.css'
import './styles/overlays.css'
import './styles/states.css'
import './styles/tables.css'
import './styles/chart.css'
import './styles/doing.css'

// What the first page needs is asked for side by side: else each would wait until the one before is there.
const needed: PathOf<'get'>[] = ['/api/session', '/api/settings']
if (location.pathname === '/') needed.push('/api/portfolio-summary')
for (const path of needed) {
  const ahead = queries.query({ queryKey: [path, {}], queryFn: ({ signal }) => get(path, {}, signal) })
  ahead.catch(() => undefined) // whoever shows it says so
}

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <BrowserRouter>
          <App />
        </BrowserRouter>
      </QueryClientProvider>
    </StrictMode>,
  )
}
