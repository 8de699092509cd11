import { Dialog } from 'radix-ui'
import { useEffect } from 'react'
import { change } from './api/client'
import { changed } from './api/queries'
import { FormProblem, TextField } from './forms/fields'
import { needed } from './forms/rules'
import { useForm } from './forms/useForm'

/** The fields of a login; `led` says what follows it. */
export function LoginForm({ email, led }: { email: string; led: () => Promise<void> }) {
  const form = useForm(
    { email, password: '' },
    () => ({ email: needed, password: needed }),
    async (values) => {
      const body = { email: values['email'] ?? '', password: values['password'] ?? '' }
      await change('post', '/api/session', { body })
      await led()
    },
  )
  return (
    <form className="form" onSubmit={form.submit} noValidate>
      <TextField form={form} name="email" label="E-mail address" type="email" autoComplete="username" />
      <TextField form={form} name="password" label="Password" type="password" autoComplete="current-password" />
      <FormProblem form={form} />
      <button type="submit" className="button primary" disabled={form.isBusy}>
        {form.isBusy ? 'Logging in…' : 'Log in'}
      </button>
    </form>
  )
}

/** The address is known. */
function toPassword(event: Event): void {
  event.preventDefault()
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.querySelector<HTMLInputElement>('[name=password]')?.focus()
}

/** In front of pages whose session has ended. They stay as they are, with what is typed in them, out of sight. */
export function Again({ email }: { email: string }) {
  useEffect(() => {
    const before = document.title
    document.title = 'Log in again · Portfolio'
    return () => {
      document.title = before
    }
  }, [])
  return (
    <Dialog.Root open>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay solid" />
        <Dialog.Content className="dialog narrow again" onEscapeKeyDown={(event) => event.preventDefault()} onOpenAutoFocus={toPassword}>
          <header>
            <Dialog.Title>Log in again</Dialog.Title>
          </header>
          <Dialog.Description className="about">
            Your session has ended. What you were doing is still there behind this.
          </Dialog.Description>
          <LoginForm email={email} led={changed} />
          <a href="/login" className="quiet small">
            Leave what I was doing
          </a>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
