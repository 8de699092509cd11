import { useState } from 'react'
import { change, type Shape } from '../api/client'
import { changed, queries, useApi } from '../api/queries'
import { useFormats } from '../format/formats'
import { FormProblem, NumberField, SelectField, TextField } from '../forms/fields'
import * as rules from '../forms/rules'
import { useForm } from '../forms/useForm'
import { Panel, Table } from '../ui/figures'
import { Icon } from '../ui/icon'
import { usePageTitle } from '../ui/page'
import { Empty, Loaded } from '../ui/states'
import { useDoing } from '../ui/telling'

/** The password, browsers that are logged in, and tokens for scripts. */
export function Security() {
  usePageTitle('Security')
  return (
    <>
      <Password />
      <Browsers />
      <Tokens />
    </>
  )
}

function Password() {
  const start = { currentPassword: '', newPassword: '', again: '' }
  const form = useForm(
    start,
    (values) => ({
      currentPassword: rules.needed,
      newPassword: (value) => (value.length < 12 ? 'has fewer than twelve characters' : undefined),
      again: (value) => (value === values['newPassword'] ? undefined : 'is not the same'),
    }),
    async (values) => {
      const body = { currentPassword: values['currentPassword'] ?? '', newPassword: values['newPassword'] ?? '' }
      await change('put', '/api/password', { body })
      await queries.resetQueries()
    },
  )
  return (
    <Panel title="Password">
      <form className="form wide" onSubmit={form.submit} noValidate>
        <div className="three">
          <TextField form={form} name="currentPassword" label="Password of now" type="password" autoComplete="current-password" />
          <TextField form={form} name="newPassword" label="New password" type="password" autoComplete="new-password" hint="Twelve characters or more." />
          <TextField form={form} name="again" label="Once more" type="password" autoComplete="new-password" />
        </div>
        <FormProblem form={form} />
        <div className="actions">
          <button type="submit" className="button primary" disabled={form.isBusy}>
            Change it
          </button>
          <span className="quiet">All browsers are logged out, this one too.</span>
        </div>
      </form>
    </Panel>
  )
}

function Browsers() {
  const formats = useFormats()
  const doing = useDoing()
  const sessions = useApi('/api/sessions', {})
  const leave = async () => {
    if (await doing(() => change('delete', '/api/sessions', {}), 'All browsers are logged out.')) await queries.resetQueries()
  }
  return (
    <Panel
      title="Browsers that are logged in"
      tools={
        <button type="button" className="button small" onClick={() => void leave()}>
          Log out everywhere
        </button>
      }
    >
      <Loaded query={sessions}>
        {(all) => (
          <Table
            label="Browsers"
            head={
              <>
                <th scope="col">Seen</th>
                <th scope="col">Browser</th>
                <th scope="col" className="p2">Address</th>
                <th scope="col" className="p2">Since</th>
              </>
            }
          >
            {all.map((one) => (
              <tr key={one.beganAt + one.address}>
                <td className="day">{formats.time(one.seenAt)}</td>
                <th scope="row" className="wrap">
                  {one.userAgent || 'nameless'} {one.this ? <small className="tag">this one</small> : null}
                </th>
                <td className="p2 code">{one.address}</td>
                <td className="p2 day">{formats.time(one.beganAt)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Loaded>
    </Panel>
  )
}

function Tokens() {
  const [made, setMade] = useState<Shape<'NewToken'>>()
  const formats = useFormats()
  const doing = useDoing()
  const tokens = useApi('/api/tokens', {})
  const form = useForm(
    { name: '', scope: 'read', days: '' },
    () => ({ name: rules.name, days: rules.optional(rules.whole(1, 3650)) }),
    async (values, key) => {
      const days = values['days'] ? Number(values['days']) : null
      const scope = values['scope'] === 'write' ? 'write' : 'read'
      setMade(await change('post', '/api/tokens', { body: { name: values['name'] ?? '', scope, days }, key }))
      await changed()
    },
  )
  const remove = (id: string, name: string) =>
    doing(() => change('delete', '/api/tokens/{tokenId}', { path: { tokenId: id } }), `The token ${name} is worth nothing now.`)
  return (
    <Panel title="API tokens">
      <form className="form wide" onSubmit={form.submit} noValidate>
        <div className="three">
          <TextField form={form} name="name" label="What it is for" maxLength={100} autoComplete="off" />
          <SelectField
            form={form}
            name="scope"
            label="It may"
            choices={[
              { value: 'read', label: 'read' },
              { value: 'write', label: 'read and change' },
            ]}
          />
          <NumberField form={form} name="days" label="For how many days" inputMode="numeric" hint="Empty: until it is taken back." />
        </div>
        <FormProblem form={form} />
        <div className="actions">
          <button type="submit" className="button primary" disabled={form.isBusy}>
            Make a token
          </button>
        </div>
      </form>
      <div aria-live="polite">
        {made ? (
          <p className="notice good">
            <span>
              Of {made.name}, shown this once: <code className="token">{made.token}</code>
            </span>
          </p>
        ) : null}
      </div>
      <Loaded query={tokens} lines={2}>
        {(all) =>
          all.length ? (
            <Table
              label="API tokens"
              head={
                <>
                  <th scope="col">Name</th>
                  <th scope="col">May</th>
                  <th scope="col" className="p2">Made</th>
                  <th scope="col" className="p2">Until</th>
                  <th scope="col" className="p3">Used</th>
                  <th scope="col">
                    <span className="hidden">Actions</span>
                  </th>
                </>
              }
            >
              {all.map((one) => (
                <tr key={one.id}>
                  <th scope="row">{one.name}</th>
                  <td>{one.scope}</td>
                  <td className="p2 day">{formats.time(one.createdAt)}</td>
                  <td className="p2 day">{formats.time(one.expiresAt)}</td>
                  <td className="p3 day">{formats.time(one.usedAt)}</td>
                  <td className="row-actions">
                    <button type="button" className="icon-button" aria-label={`Take back the token ${one.name}`} onClick={() => void remove(one.id, one.name)}>
                      <Icon name="bin" />
                    </button>
                  </td>
                </tr>
              ))}
            </Table>
          ) : (
            <Empty title="No token" />
          )
        }
      </Loaded>
    </Panel>
  )
}
