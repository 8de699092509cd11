import { useState } from 'react'
import { useNavigate } from 'react-router'
import { change, get, remove, type Shape } from '../api/client'
import { Editing, type Kept } from '../forms/editing'
import { CheckField, SelectField, TextField } from '../forms/fields'
import { currency, line, name } from '../forms/rules'
import type { Values } from '../forms/useForm'
import { useSettings } from '../format/settings'
import { Confirm } from '../ui/dialog'
import { useDeleting } from '../ui/telling'

type PortfolioOut = Shape<'PortfolioOut'>

const LABELS = {
  name: 'Name',
  description: 'Description',
  currency: 'Currency',
  method: 'Cost of what is sold',
  excludeFromOverview: 'Not in the overview',
}
const METHODS = [
  { value: 'average', label: 'Average cost' },
  { value: 'fifo', label: 'First in, first out' },
]

const valuesOf = (one: PortfolioOut): Values => ({
  name: one.name,
  description: one.description,
  currency: one.currency,
  method: one.method,
  excludeFromOverview: one.excludeFromOverview ? 'true' : '',
})

const bodyOf = (values: Values): Shape<'PortfolioIn'> => ({
  name: values['name'] ?? '',
  description: values['description'] ?? '',
  currency: values['currency'] ?? '',
  method: values['method'] === 'fifo' ? 'fifo' : 'average',
  excludeFromOverview: values['excludeFromOverview'] === 'true',
})

/** A portfolio is made, changed or deleted. */
export function PortfolioForm({ portfolio, onClose }: { portfolio?: PortfolioOut; onClose: () => void }) {
  const settings = useSettings()
  const [isDeleting, setDeleting] = useState(false)
  const deleting = useDeleting()
  const navigate = useNavigate()
  const empty = { ...valuesOf(EMPTY), currency: settings.currency }

  const send = async (values: Values, how: { version: number | undefined; key: string }) => {
    const body = bodyOf(values)
    if (portfolio) {
      const path = { portfolioId: portfolio.id }
      return change('put', '/api/portfolios/{portfolioId}', { path, body, version: how.version })
    }
    return change('post', '/api/portfolios', { body, key: how.key })
  }
  const reload = async (): Promise<Kept> => {
    const now = await get('/api/portfolios/{portfolioId}', { path: { portfolioId: portfolio?.id ?? '' } })
    return { values: valuesOf(now), version: now.version }
  }
  const gone = async () => {
    if (!portfolio) return
    const path = { portfolioId: portfolio.id }
    onClose()
    const isGone = await deleting(
      () => remove('/api/portfolios/{portfolioId}', { path, version: portfolio.version }),
      `${portfolio.name} is deleted.`,
    )
    if (isGone) void navigate('/portfolios')
  }
  if (portfolio && isDeleting) {
    return (
      <Confirm title={`Delete ${portfolio.name}?`} action="Delete it" onConfirm={() => void gone()} onClose={() => setDeleting(false)}>
        <p>All its transactions and dividends go with it. For a week it can be brought back.</p>
        <p>To keep its history out of sight, archive it.</p>
      </Confirm>
    )
  }
  return (
    <Editing
      title={portfolio ? `Edit ${portfolio.name}` : 'New portfolio'}
      start={portfolio ? valuesOf(portfolio) : empty}
      rules={() => ({ name, description: line(500), currency })}
      labels={LABELS}
      send={send}
      reload={reload}
      done={portfolio ? 'Saved.' : 'The portfolio is made.'}
      onClose={onClose}
      onDone={(made) => (portfolio ? onClose() : void navigate(`/portfolios/${made.id}`, { replace: true }))}
      {...(portfolio ? { version: portfolio.version } : {})}
      more={
        portfolio ? (
          <button type="button" className="button danger-quiet" onClick={() => setDeleting(true)}>
            Delete…
          </button>
        ) : null
      }
    >
      {(form) => (
        <>
          <TextField form={form} name="name" label={LABELS.name} maxLength={100} />
          <TextField form={form} name="description" label={LABELS.description} maxLength={500} />
          <div className="two">
            <TextField form={form} name="currency" label={LABELS.currency} hint="Sums are in it, such as EUR." maxLength={3} />
            <SelectField form={form} name="method" label={LABELS.method} choices={METHODS} />
          </div>
          <CheckField form={form} name="excludeFromOverview" label={LABELS.excludeFromOverview} />
        </>
      )}
    </Editing>
  )
}

const EMPTY: PortfolioOut = {
  id: '',
  name: '',
  description: '',
  currency: 'EUR',
  method: 'average',
  excludeFromOverview: false,
  isArchived: false,
  version: 0,
}
