import { change, get, Problem, type Shape } from '../api/client'
import { times, typedDecimal } from '../format/decimal'
import { todayIn, useFormats } from '../format/formats'
import { useSettings } from '../format/settings'
import { Editing, type Kept } from '../forms/editing'
import { DayField } from '../forms/day'
import { NumberField, SelectField } from '../forms/fields'
import * as rules from '../forms/rules'
import type { Form, Values } from '../forms/useForm'

type Trade = Shape<'TransactionOut'>
type Position = Shape<'PositionOut'>

const LABELS = {
  portfolioFundId: 'Fund',
  type: 'Type',
  date: 'Date',
  shares: 'Shares',
  costPerShare: 'Price of a share',
  amount: 'Amount',
}
const TYPES = [
  { value: 'buy', label: 'Buy' },
  { value: 'sell', label: 'Sell' },
  { value: 'fee', label: 'Fee' },
]

const valuesOf = (trade: Trade, locale: string): Values => ({
  portfolioFundId: trade.portfolioFundId,
  type: trade.type,
  date: trade.date,
  shares: typedDecimal(trade.shares, locale),
  costPerShare: typedDecimal(trade.costPerShare, locale),
  amount: typedDecimal(trade.amount, locale),
})

/** Rules of a trade's fields: a fee has an amount, everything else shares and a price. */
export function tradeRules(values: Values, locale: string, today: string): Record<string, rules.Rule | undefined> {
  const always = { portfolioFundId: rules.needed, date: rules.day(today) }
  if (values['type'] === 'fee') return { ...always, amount: rules.amount(locale) }
  return { ...always, shares: rules.shares(locale), costPerShare: rules.price(locale) }
}

export function tradeBody(values: Values, locale: string): Shape<'TransactionIn'> {
  const type = values['type'] === 'sell' ? 'sell' : values['type'] === 'fee' ? 'fee' : 'buy'
  const isFee = type === 'fee'
  const figure = (name: string, isTaken: boolean) => (isTaken ? rules.sentDecimal(values[name] ?? '', locale) : null)
  return {
    portfolioFundId: values['portfolioFundId'] ?? '',
    date: values['date'] ?? '',
    type,
    shares: figure('shares', !isFee),
    costPerShare: figure('costPerShare', !isFee),
    amount: figure('amount', isFee),
  }
}

/** A buy, a sell or a fee is entered or changed. */
export function TradeForm({ trade, of, positions, onClose }: {
  trade?: Trade
  /** The position that is chosen already. */
  of?: string
  positions: Position[]
  onClose: () => void
}) {
  const { locale } = useFormats()
  const today = todayIn(useSettings().timeZone)
  const only = of ?? (positions.length === 1 ? (positions[0]?.id ?? '') : '')
  const empty = { portfolioFundId: only, type: 'buy', date: today, shares: '', costPerShare: '', amount: '' }

  const send = async (values: Values, how: { version: number | undefined; key: string }) => {
    const body = tradeBody(values, locale)
    if (trade) {
      const path = { transactionId: trade.id }
      await change('put', '/api/transactions/{transactionId}', { path, body, version: how.version })
    } else {
      await change('post', '/api/transactions', { body, key: how.key })
    }
  }
  const reload = async (): Promise<Kept> => {
    const now = await get('/api/transactions/{transactionId}', { path: { transactionId: trade?.id ?? '' } })
    return { values: valuesOf(now, locale), version: now.version }
  }
  return (
    <Editing
      title={trade ? 'Edit the transaction' : 'Add a transaction'}
      start={trade ? valuesOf(trade, locale) : empty}
      rules={(values) => tradeRules(values, locale, today)}
      labels={LABELS}
      send={send}
      reload={reload}
      done={trade ? 'Saved; what follows is worked out again.' : 'The transaction is entered.'}
      onClose={onClose}
      {...(trade ? { version: trade.version } : {})}
    >
      {(form) => <Fields form={form} positions={positions} today={today} />}
    </Editing>
  )
}

function Fields({ form, positions, today }: { form: Form; positions: Position[]; today: string }) {
  const formats = useFormats()
  const { locale } = formats
  const { values } = form
  const position = positions.find((one) => one.id === values['portfolioFundId'])
  const isFee = values['type'] === 'fee'
  const in_ = position ? `in ${position.currency}` : undefined

  /** The price of the chosen day, for a buy that has none yet. */
  const fill = async () => {
    if (!position || values['type'] !== 'buy' || values['costPerShare'] || !values['date']) return
    try {
      const path = { fundId: position.fundId, day: values['date'] }
      const found = await get('/api/funds/{fundId}/prices/{day}', { path })
      form.set('costPerShare', typedDecimal(found.price, locale))
    } catch (error) {
      // No price is known: it is typed.
      if (!(error instanceof Problem)) throw error
    }
  }
  return (
    <>
      <SelectField
        form={form}
        name="portfolioFundId"
        label={LABELS.portfolioFundId}
        choices={[{ value: '', label: 'Choose' }, ...positions.map((one) => ({ value: one.id, label: one.fundName }))]}
      />
      <div className="two">
        <SelectField form={form} name="type" label={LABELS.type} choices={TYPES} />
        <DayField form={form} name="date" label={LABELS.date} max={today} onLeave={() => void fill()} />
      </div>
      {isFee ? (
        <NumberField form={form} name="amount" label={LABELS.amount} hint={in_} />
      ) : (
        <div className="two">
          <NumberField form={form} name="shares" label={LABELS.shares} hint={position ? `${formats.shares(position.totalShares)} are held now` : undefined} />
          <NumberField form={form} name="costPerShare" label={LABELS.costPerShare} hint={in_} />
        </div>
      )}
      {isFee ? null : <Sum values={values} currency={position?.currency} />}
    </>
  )
}

function Sum({ values, currency }: { values: Values; currency: string | undefined }) {
  const formats = useFormats()
  const shares = values['shares'] ?? ''
  const price = values['costPerShare'] ?? ''
  const isWhole = !rules.shares(formats.locale)(shares) && !rules.price(formats.locale)(price)
  const sum = isWhole ? times(rules.sentDecimal(shares, formats.locale), rules.sentDecimal(price, formats.locale)) : null
  return (
    <p className="sum" aria-live="polite">
      {sum && currency ? `Together ${formats.money(sum, currency)}` : ' '}
    </p>
  )
}
