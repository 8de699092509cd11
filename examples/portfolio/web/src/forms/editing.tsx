import { useEffect, useState, type ReactNode } from 'react'
import { Problem } from '../api/client'
import { changed } from '../api/queries'
import { Confirm, Dialog } from '../ui/dialog'
import { useTelling } from '../ui/telling'
import { FormProblem } from './fields'
import type { Rule } from './rules'
import { useForm, type Form, type Values } from './useForm'

/** What is there now, as a form has it. */
export interface Kept {
  values: Values
  version: number
}

interface Props<Made> {
  title: string
  about?: ReactNode
  start: Values
  rules: (values: Values) => Record<string, Rule | undefined>
  /** Of what is edited; without it something is made. */
  version?: number
  /** Labels of fields, for when two versions are compared. */
  labels: Record<string, string>
  send: (values: Values, how: { version: number | undefined; key: string }) => Promise<Made>
  reload?: () => Promise<Kept>
  done: string
  onClose: () => void
  /** Where to from here, if not back to where this was opened. */
  onDone?: (made: Made) => void
  children: (form: Form) => ReactNode
  more?: ReactNode
}

/** A form in a dialog. When somebody else has changed what is edited, both versions are shown. */
export function Editing<Made>(props: Props<Made>) {
  const tell = useTelling()
  const [version, setVersion] = useState(props.version)
  const [theirs, setTheirs] = useState<Kept>()

  const send = async (values: Values, key: string, from = version) => {
    let made: Made
    try {
      made = await props.send(values, { version: from, key })
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'changed' && props.reload)) throw error
      setTheirs(await props.reload())
      return
    }
    await changed()
    tell({ text: props.done })
    if (props.onDone) props.onDone(made)
    else props.onClose()
  }
  const form = useForm(props.start, props.rules, (values, key) => send(values, key, theirs?.version ?? version))

  const [isLeaving, setLeaving] = useState(false)
  const isTyped = Object.entries(form.values).some(([name, value]) => value !== (props.start[name] ?? ''))
  const leave = () => (isTyped ? setLeaving(true) : props.onClose())
  useEffect(() => {
    if (!isTyped) return undefined
    const hold = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', hold)
    return () => window.removeEventListener('beforeunload', hold)
  }, [isTyped])

  const take = (kept: Kept) => {
    for (const [name, value] of Object.entries(kept.values)) form.set(name, value)
    setVersion(kept.version)
    setTheirs(undefined)
  }
  return (
    <Dialog title={props.title} about={props.about} onClose={leave}>
      <form onSubmit={form.submit} noValidate className="form">
        {theirs ? (
          <Versions mine={form.values} theirs={theirs.values} labels={props.labels} />
        ) : (
          props.children(form)
        )}
        <FormProblem form={form} />
        <footer className="actions">
          {props.more}
          <span className="spring" />
          {theirs ? (
            <button type="button" className="button" onClick={() => take(theirs)}>
              Take theirs
            </button>
          ) : (
            <button type="button" className="button" onClick={leave}>
              Cancel
            </button>
          )}
          <button type="submit" className="button primary" disabled={form.isBusy}>
            {theirs ? 'Save mine over it' : form.isBusy ? 'Saving…' : 'Save'}
          </button>
        </footer>
      </form>
      {isLeaving ? (
        <Confirm
          title="Throw away what you typed?"
          keep="Go on typing"
          action="Throw it away"
          onConfirm={props.onClose}
          onClose={() => setLeaving(false)}
        >
          <p>It is not saved.</p>
        </Confirm>
      ) : null}
    </Dialog>
  )
}

function Versions(props: { mine: Values; theirs: Values; labels: Record<string, string> }) {
  const names = Object.keys(props.labels)
  return (
    <div role="alert">
      <p className="notice">Somebody else changed this while you were editing. Nothing of yours is saved yet.</p>
      <table className="versions">
        <caption className="hidden">Both versions</caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="hidden">Field</span>
            </th>
            <th scope="col">There now</th>
            <th scope="col">Yours</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name} data-differs={props.mine[name] === props.theirs[name] ? undefined : ''}>
              <th scope="row">{props.labels[name]}</th>
              <td>{props.theirs[name] || '–'}</td>
              <td>{props.mine[name] || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
