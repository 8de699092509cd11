import { useState } from 'react'
import { useNavigate } from 'react-router'
import { change, get, Problem, type Shape } from '../api/client'
import { Editing, type Kept } from '../forms/editing'
import { NumberField, SelectField, TextField } from '../forms/fields'
import * as rules from '../forms/rules'
import type { Form, Values } from '../forms/useForm'

type Fund = Shape<'FundOut'>

const LABELS = {
  name: 'Name',
  isin: 'ISIN',
  symbol: 'Symbol',
  currency: 'Currency',
  exchange: 'Exchange',
  investmentType: 'Kind',
  dividendType: 'Dividends',
}
const KINDS = [
  { value: 'fund', label: 'Fund' },
  { value: 'stock', label: 'Stock' },
]
const DIVIDENDS = [
  { value: 'none', label: 'None' },
  { value: 'cash', label: 'In cash' },
  { value: 'stock', label: 'In shares' },
]

const valuesOf = (fund: Fund): Values => ({
  name: fund.name,
  isin: fund.isin,
  symbol: fund.symbol ?? '',
  currency: fund.currency,
  exchange: fund.exchange,
  investmentType: fund.investmentType,
  dividendType: fund.dividendType,
})

const bodyOf = (values: Values): Shape<'FundIn'> => ({
  name: values['name'] ?? '',
  isin: values['isin'] ?? '',
  symbol: values['symbol']?.trim() || null,
  currency: values['currency'] ?? '',
  exchange: values['exchange'] ?? '',
  investmentType: values['investmentType'] === 'stock' ? 'stock' : 'fund',
  dividendType: values['dividendType'] === 'cash' ? 'cash' : values['dividendType'] === 'stock' ? 'stock' : 'none',
})

const START = { name: '', isin: '', symbol: '', currency: 'EUR', exchange: '', investmentType: 'fund', dividendType: 'none' }

/** A fund or stock is entered or changed. */
export function FundForm({ fund, onClose }: { fund?: Fund; onClose: () => void }) {
  const navigate = useNavigate()
  const send = async (values: Values, how: { version: number | undefined; key: string }) => {
    const body = bodyOf(values)
    if (fund) {
      return change('put', '/api/funds/{fundId}', { path: { fundId: fund.id }, body, version: how.version })
    }
    return change('post', '/api/funds', { body, key: how.key })
  }
  const reload = async (): Promise<Kept> => {
    const now = await get('/api/funds/{fundId}', { path: { fundId: fund?.id ?? '' } })
    return { values: valuesOf(now), version: now.version }
  }
  return (
    <Editing
      title={fund ? `Edit ${fund.name}` : 'New fund or stock'}
      start={fund ? valuesOf(fund) : START}
      rules={() => ({
        symbol: rules.optional(rules.symbol),
        name: rules.name,
        isin: rules.isin,
        currency: rules.currency,
        exchange: rules.line(50),
      })}
      labels={LABELS}
      send={send}
      reload={reload}
      done={fund ? 'Saved.' : 'The fund is entered.'}
      onClose={onClose}
      onDone={(made) => (fund ? onClose() : void navigate(`/funds/${made.id}`, { replace: true }))}
      {...(fund ? { version: fund.version } : {})}
    >
      {(form) => <Fields form={form} />}
    </Editing>
  )
}

function Fields({ form }: { form: Form }) {
  return (
    <>
      <Symbol form={form} />
      <TextField form={form} name="name" label={LABELS.name} maxLength={100} />
      <div className="two">
        <TextField form={form} name="isin" label={LABELS.isin} maxLength={12} autoComplete="off" />
        <NumberField form={form} name="currency" label={LABELS.currency} inputMode="text" maxLength={3} />
      </div>
      <div className="two">
        <SelectField form={form} name="investmentType" label={LABELS.investmentType} choices={KINDS} />
        <SelectField form={form} name="dividendType" label={LABELS.dividendType} choices={DIVIDENDS} />
      </div>
      <TextField form={form} name="exchange" label={LABELS.exchange} maxLength={50} />
    </>
  )
}

/** A symbol, and what its provider knows of it. */
function Symbol({ form }: { form: Form }) {
  const [known, setKnown] = useState<Shape<'SymbolOut'>>()
  const [why, setWhy] = useState('')
  const [isBusy, setBusy] = useState(false)
  const symbol = (form.values['symbol'] ?? '').trim()
  const isOne = symbol !== '' && !rules.symbol(symbol)
  const ask = async () => {
    setBusy(true)
    setWhy('')
    setKnown(undefined)
    try {
      setKnown(await get('/api/symbols/{symbol}', { path: { symbol } }))
    } catch (error) {
      setWhy(error instanceof Problem ? error.message : 'It could not be asked.')
    } finally {
      setBusy(false)
    }
  }
  const use = (found: Shape<'SymbolOut'>) => {
    form.set('symbol', found.symbol)
    for (const name of ['name', 'exchange', 'currency', 'isin'] as const) if (found[name]) form.set(name, found[name])
    setKnown(undefined)
  }
  return (
    <div>
      <div className="with-button">
        <TextField
          form={form}
          name="symbol"
          label={LABELS.symbol}
          maxLength={20}
          autoComplete="off"
          hint="By it prices are fetched, such as VWCE.DE. May be left out."
        />
        <button type="button" className="button" disabled={!isOne || isBusy} onClick={() => void ask()}>
          {isBusy ? 'Asking…' : 'Look up'}
        </button>
      </div>
      <div role="status">
        {why ? <p className="field-error">{why}</p> : null}
        {known ? (
          <p className="notice">
            <span>
              <b>{known.name || known.symbol}</b>, {[known.exchange, known.currency, known.isin].filter(Boolean).join(', ')}
            </span>
            <button type="button" className="button small" onClick={() => use(known)}>
              Use it
            </button>
          </p>
        ) : null}
      </div>
    </div>
  )
}
