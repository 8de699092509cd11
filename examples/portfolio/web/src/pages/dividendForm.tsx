import { change, get, type Shape } from '../api/client'
import { typedDecimal } from '../format/decimal'
import { todayIn, useFormats } from '../format/formats'
import { useSettings } from '../format/settings'
import { Editing, type Kept } from '../forms/editing'
import { DayField } from '../forms/day'
import { NumberField, SelectField } from '../forms/fields'
import * as rules from '../forms/rules'
import type { Values } from '../forms/useForm'

type Dividend = Shape<'DividendOut'>

const LABELS = {
  portfolioFundId: 'Fund',
  exDividendDate: 'Ex-dividend date',
  recordDate: 'Record date',
  dividendPerShare: 'Dividend a share',
  buyOrderDate: 'Date of reinvestment',
  reinvestmentShares: 'Shares bought',
  reinvestmentPrice: 'Price of a share',
}

const valuesOf = (one: Dividend, locale: string): Values => ({
  portfolioFundId: one.portfolioFundId,
  exDividendDate: one.exDividendDate,
  recordDate: one.recordDate,
  dividendPerShare: typedDecimal(one.dividendPerShare, locale),
  buyOrderDate: one.buyOrderDate ?? '',
  reinvestmentShares: typedDecimal(one.reinvestmentShares, locale),
  reinvestmentPrice: typedDecimal(one.reinvestmentPrice, locale),
})

/** A dividend is entered or changed; its amount follows from the shares held on the record date. */
export function DividendForm(props: { dividend?: Dividend; positions: Shape<'PositionOut'>[]; onClose: () => void }) {
  const { dividend, positions } = props
  const { locale } = useFormats()
  const today = todayIn(useSettings().timeZone)
  const empty = {
    portfolioFundId: positions.length === 1 ? (positions[0]?.id ?? '') : '',
    exDividendDate: today,
    recordDate: today,
    dividendPerShare: '',
    buyOrderDate: '',
    reinvestmentShares: '',
    reinvestmentPrice: '',
  }
  const paysShares = (values: Values) =>
    positions.find((one) => one.id === values['portfolioFundId'])?.dividendType === 'stock'

  const bodyOf = (values: Values): Shape<'DividendIn'> => {
    const figure = (name: string) => {
      const typed = paysShares(values) ? (values[name] ?? '').trim() : ''
      return typed ? rules.sentDecimal(typed, locale) : null
    }
    return {
      portfolioFundId: values['portfolioFundId'] ?? '',
      recordDate: values['recordDate'] ?? '',
      exDividendDate: values['exDividendDate'] ?? '',
      dividendPerShare: rules.sentDecimal(values['dividendPerShare'] ?? '', locale),
      buyOrderDate: (paysShares(values) && values['buyOrderDate']) || null,
      reinvestmentShares: figure('reinvestmentShares'),
      reinvestmentPrice: figure('reinvestmentPrice'),
    }
  }
  const send = async (values: Values, how: { version: number | undefined; key: string }) => {
    const body = bodyOf(values)
    if (dividend) {
      const path = { dividendId: dividend.id }
      await change('put', '/api/dividends/{dividendId}', { path, body, version: how.version })
    } else {
      await change('post', '/api/dividends', { body, key: how.key })
    }
  }
  const reload = async (): Promise<Kept> => {
    const now = await get('/api/dividends/{dividendId}', { path: { dividendId: dividend?.id ?? '' } })
    return { values: valuesOf(now, locale), version: now.version }
  }
  return (
    <Editing
      title={dividend ? 'Edit the dividend' : 'Add a dividend'}
      start={dividend ? valuesOf(dividend, locale) : empty}
      rules={(values) => dividendRules(values, paysShares(values), locale, today)}
      labels={LABELS}
      send={send}
      reload={reload}
      done={dividend ? 'Saved.' : 'The dividend is entered.'}
      onClose={props.onClose}
      {...(dividend ? { version: dividend.version } : {})}
    >
      {(form) => (
        <>
          <SelectField
            form={form}
            name="portfolioFundId"
            label={LABELS.portfolioFundId}
            choices={[
              { value: '', label: 'Choose' },
              ...positions.map((one) => ({ value: one.id, label: `${one.fundName}, in ${one.dividendType}` })),
            ]}
          />
          <div className="two">
            <DayField form={form} name="exDividendDate" label={LABELS.exDividendDate} />
            <DayField form={form} name="recordDate" label={LABELS.recordDate} />
          </div>
          <NumberField form={form} name="dividendPerShare" label={LABELS.dividendPerShare} />
          {paysShares(form.values) ? (
            <fieldset>
              <legend>Reinvestment, once it is done</legend>
              <DayField form={form} name="buyOrderDate" label={LABELS.buyOrderDate} max={today} />
              <div className="two">
                <NumberField form={form} name="reinvestmentShares" label={LABELS.reinvestmentShares} />
                <NumberField form={form} name="reinvestmentPrice" label={LABELS.reinvestmentPrice} />
              </div>
            </fieldset>
          ) : null}
        </>
      )}
    </Editing>
  )
}

/** Shares and price of a reinvestment belong to each other. */
export function dividendRules(
  values: Values,
  paysShares: boolean,
  locale: string,
  today: string,
): Record<string, rules.Rule | undefined> {
  const always = {
    portfolioFundId: rules.needed,
    exDividendDate: rules.anyDay,
    recordDate: rules.anyDay,
    dividendPerShare: rules.price(locale),
  }
  if (!paysShares) return always
  const isDone = Boolean(values['reinvestmentShares'] || values['reinvestmentPrice'])
  const figure = (rule: rules.Rule) => (isDone ? rule : undefined)
  return {
    ...always,
    buyOrderDate: rules.optional(rules.day(today)),
    reinvestmentShares: figure(rules.shares(locale)),
    reinvestmentPrice: figure(rules.price(locale)),
  }
}
