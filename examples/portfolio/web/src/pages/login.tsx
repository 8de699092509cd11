import { useEffect } from 'react'
import { change } from '../api/client'
import { queries } from '../api/queries'
import { FormProblem, TextField } from '../forms/fields'
import { needed } from '../forms/rules'
import { useForm } from '../forms/useForm'

/** The owner logs in; where he was going is in the address, and he is led there once there is a session. */
export function Login() {
  useEffect(() => {
    document.title = 'Log in · Portfolio'
  }, [])
  const form = useForm(
    { email: '', password: '' },
    () => ({ email: needed, password: needed }),
    async (values) => {
      const body = { email: values['email'] ?? '', password: values['password'] ?? '' }
      await change('post', '/api/session', { body })
      await queries.resetQueries()
    },
  )
  return (
    <main className="alone login">
      <img src="/icon.svg" alt="" width="44" height="44" />
      <h1>Portfolio</h1>
      <p className="quiet">What you hold, what it cost, and what came of it.</p>
      <form className="form panel" onSubmit={form.submit} noValidate>
        <TextField form={form} name="email" label="E-mail address" type="email" autoComplete="username" />
        <TextField form={form} name="password" label="Password" type="password" autoComplete="current-password" />
        <FormProblem form={form} />
        <button type="submit" className="button primary" disabled={form.isBusy}>
          {form.isBusy ? 'Logging in…' : 'Log in'}
        </button>
      </form>
      <p className="quiet small">
        No account yet? The owner is made with <code>flask owner you@example.com</code>.
      </p>
    </main>
  )
}
