import { lazy, Suspense, useEffect, useMemo, type ReactNode } from 'react'
import { Link, Navigate, Route, Routes, useLocation } from 'react-router'
import { Problem, setCsrfToken } from './api/client'
import { useApi } from './api/queries'
import { DEFAULTS, FormatsContext, formatsOf, type Settings } from './format/formats'
import { SettingsContext } from './format/settings'
import { showTheme } from './format/theme'
import { Frame } from './frame'
import { Jobs } from './jobs/jobs'
import { Login } from './pages/login'
import { Overview } from './pages/overview'
import { Boundary } from './ui/boundary'
import { Title } from './ui/figures'
import { usePageTitle } from './ui/page'
import { Failed, Loading } from './ui/states'
import { Again } from './session'
import { Toasts } from './ui/toasts'

const Portfolios = lazy(() => import('./pages/portfolios').then((page) => ({ default: page.Portfolios })))
const Portfolio = lazy(() => import('./pages/portfolio').then((page) => ({ default: page.Portfolio })))
const Funds = lazy(() => import('./pages/funds').then((page) => ({ default: page.Funds })))
const Fund = lazy(() => import('./pages/fund').then((page) => ({ default: page.Fund })))
const Files = lazy(() => import('./pages/files').then((page) => ({ default: page.Files })))
const SettingsPage = lazy(() => import('./pages/settings').then((page) => ({ default: page.SettingsPage })))
const Logs = lazy(() => import('./pages/logs').then((page) => ({ default: page.Logs })))

const isEnded = (error: unknown) => error instanceof Problem && error.status === 401
export function App() {
  const session = useApi('/api/session', {})
  const location = useLocation()
  if (session.isPending) return <Waiting />
  if (isEnded(session.error) && !session.data) {
    if (location.pathname === '/login') return <Login />
    const to = location.pathname + location.search
    return <Navigate to={to === '/' ? '/login' : `/login?to=${encodeURIComponent(to)}`} replace />
  }
  if (!session.data) {
    return (
      <main className="alone">
        <Failed error={session.error} again={() => void session.refetch()} />
      </main>
    )
  }
  setCsrfToken(session.data.csrfToken)
  return (
    <Chosen>
      <Toasts>
        <Jobs>
          <Frame email={session.data.email}>
            <Boundary key={location.pathname.split('/')[1]}>
              <Suspense fallback={<Loading lines={8} />}>
                <Pages />
              </Suspense>
            </Boundary>
          </Frame>
        </Jobs>
        {isEnded(session.error) ? <Again email={session.data.email} /> : null}
      </Toasts>
    </Chosen>
  )
}

function Waiting() {
  return (
    <main className="alone">
      <Loading lines={3} />
    </main>
  )
}

/** The owner's formats and theme, for all pages. */
function Chosen({ children }: { children: ReactNode }) {
  const asked = useApi('/api/settings', {})
  const settings: Settings = asked.data ?? DEFAULTS
  const formats = useMemo(() => formatsOf(settings), [settings])
  const theme = asked.data?.theme
  useEffect(() => {
    if (theme) showTheme(theme)
  }, [theme])
  if (asked.isPending) return <Waiting />
  return (
    <SettingsContext value={settings}>
      <FormatsContext value={formats}>{children}</FormatsContext>
    </SettingsContext>
  )
}

function Pages() {
  return (
    <Routes>
      <Route index element={<Overview />} />
      <Route path="login" element={<LoggedIn />} />
      <Route path="portfolios" element={<Portfolios />} />
      <Route path="portfolios/:id" element={<Portfolio />} />
      <Route path="funds" element={<Funds />} />
      <Route path="funds/:id" element={<Fund />} />
      <Route path="files" element={<Files />} />
      <Route path="settings/*" element={<SettingsPage />} />
      <Route path="logs" element={<Logs />} />
      <Route path="*" element={<Nowhere />} />
    </Routes>
  )
}

function LoggedIn() {
  const to = new URLSearchParams(useLocation().search).get('to') ?? '/'
  // A path of these pages, and of no other site's.
  return <Navigate to={/^\/(?![/\\])/.test(to) ? to : '/'} replace />
}

function Nowhere() {
  usePageTitle('No such page')
  return (
    <>
      <Title>There is no such page</Title>
      <p>
        <Link to="/">To the overview</Link>
      </p>
    </>
  )
}
