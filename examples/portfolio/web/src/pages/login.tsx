import { useEffect } from 'react'
import { queries } from '../api/queries'
import { LoginForm } from '../session'

/** The owner logs in; where he was going is in the address, and he is led there once there is a session. */
export function Login() {
  useEffect(() => {
    document.title = 'Log in · Portfolio'
  }, [])
  return (
    <main className="alone login">
      <img src="/icon.svg" alt="" width="44" height="44" />
      <h1>Portfolio</h1>
      <p className="quiet">What you hold, what it cost, and what came of it.</p>
      <div className="panel">
        <LoginForm email="" led={() => queries.resetQueries()} />
      </div>
      <p className="quiet small">
        No account yet? The owner is made with <code>flask owner you@example.com</code>.
      </p>
    </main>
  )
}
