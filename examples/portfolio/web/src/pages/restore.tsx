import { useState } from 'react'
import { change, Problem, type Shape } from '../api/client'
import { changed, useApi } from '../api/queries'
import { formOf } from '../forms/upload'
import { Faults } from '../ui/faults'
import { Panel } from '../ui/figures'
import { Failed } from '../ui/states'
import { useTelling } from '../ui/telling'

/** An export taken in again, for as long as there is nothing that it would get in the way of. */
export function Restore() {
  const portfolios = useApi('/api/portfolios', {})
  const funds = useApi('/api/funds', {})
  if (portfolios.data?.length !== 0 || funds.data?.length !== 0) return null
  return (
    <Panel title="Restore an export">
      <p>An archive of everything, from here or from elsewhere. All of it comes back, or nothing.</p>
      <Archive />
    </Panel>
  )
}

function Archive() {
  const tell = useTelling()
  const [isBusy, setBusy] = useState(false)
  const [failed, setFailed] = useState<Problem>()
  const faults = (failed?.more['rows'] ?? []) as Shape<'RowFault'>[]
  const take = async (file: File) => {
    setBusy(true)
    setFailed(undefined)
    try {
      const done = await change('post', '/api/imports/everything', { form: formOf(file) })
      tell({ text: `${done.portfolios} portfolios with ${done.transactions} transactions are back.` })
      await changed()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      setFailed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div aria-live="polite">
      <label className="drop">
        <span>{isBusy ? 'Reading…' : 'Choose an archive, or drop one here'}</span>
        <input
          type="file"
          accept=".zip,application/zip"
          disabled={isBusy}
          onChange={(event) => {
            const file = event.target.files?.[0]
            event.target.value = ''
            if (file) void take(file)
          }}
        />
      </label>
      {failed ? <Failed error={failed} /> : null}
      {faults.length ? <Faults label="What is wrong with the archive" faults={faults} /> : null}
    </div>
  )
}
