import { DropdownMenu } from 'radix-ui'
import { useEffect, useRef, type ReactNode } from 'react'
import { NavLink, useLocation } from 'react-router'
import { change } from './api/client'
import { queries, useApi } from './api/queries'
import { Working } from './jobs/working'
import { Icon, type IconName } from './ui/icon'
import { useTelling } from './ui/telling'

const PAGES: { to: string; name: string; icon: IconName }[] = [
  { to: '/', name: 'Overview', icon: 'overview' },
  { to: '/portfolios', name: 'Portfolios', icon: 'portfolios' },
  { to: '/funds', name: 'Funds', icon: 'funds' },
  { to: '/files', name: 'Files', icon: 'files' },
  { to: '/settings', name: 'Settings', icon: 'settings' },
  { to: '/logs', name: 'Log', icon: 'logs' },
]

/** What is around every page. */
export function Frame({ email, children }: { email: string; children: ReactNode }) {
  const { pathname } = useLocation()
  const main = useRef<HTMLElement>(null)
  const before = useRef(pathname)
  const health = useApi('/api/health', {})
  useEffect(() => {
    // A new page is read from its beginning, by those who hear it too.
    if (before.current !== pathname) {
      before.current = pathname
      window.scrollTo(0, 0)
      main.current?.focus()
    }
  }, [pathname])
  return (
    <>
      <a className="skip" href="#content">
        To the content
      </a>
      <header className="top">
        <NavLink to="/" className="brand" aria-label="Portfolio, overview" end>
          <img src="/icon.svg" alt="" width="26" height="26" /> Portfolio
        </NavLink>
        <nav aria-label="Pages">
          {PAGES.map((page) => (
            <NavLink key={page.to} to={page.to} end={page.to === '/'}>
              <Icon name={page.icon} />
              {page.name}
            </NavLink>
          ))}
        </nav>
        <Owner email={email} />
      </header>
      {health.data?.migrationNeeded ? (
        <p className="banner" role="status">
          The database is older than this app. Run <code>flask db upgrade</code>.
        </p>
      ) : null}
      <main id="content" ref={main} tabIndex={-1}>
        <Working />
        {children}
      </main>
    </>
  )
}

function Owner({ email }: { email: string }) {
  const tell = useTelling()
  const leave = async () => {
    try {
      await change('delete', '/api/session', {})
    } catch {
      tell({ text: 'The server cannot be reached: you are still logged in.', kind: 'failed' })
      return
    }
    queries.clear()
    window.location.assign('/login')
  }
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="owner" aria-label={`Account of ${email}`}>
        {email.slice(0, 1).toUpperCase()}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
          <DropdownMenu.Label className="quiet">{email}</DropdownMenu.Label>
          <DropdownMenu.Item asChild>
            <NavLink to="/settings/security">Password and tokens</NavLink>
          </DropdownMenu.Item>
          <DropdownMenu.Item asChild>
            <a href="/api/docs" target="_blank" rel="noreferrer">
              The API
            </a>
          </DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => void leave()}>Log out</DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
