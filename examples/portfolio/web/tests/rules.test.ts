import { describe, expect, it } from 'vitest'
import { Problem } from '../src/api/client'
import { dividendRules } from '../src/pages/dividendForm'
import { tradeBody, tradeRules } from '../src/pages/tradeForm'
import * as rules from '../src/forms/rules'
import { keys, toldBy } from '../src/forms/useForm'

const wrong = (found: Record<string, rules.Rule | undefined>, values: Record<string, string>) =>
  Object.keys(found).filter((name) => found[name]?.(values[name] ?? ''))

describe('rules are those of the API', () => {
  it.each(['NL0000000016', 'us0378331005', ' IE00B4L5Y983 '])('%s is an ISIN', (isin) => {
    expect(rules.isin(isin)).toBeUndefined()
  })

  it.each(['NL0000000017', 'US037833100', '120378331005', ''])('%s is none', (isin) => {
    expect(rules.isin(isin)).toBeDefined()
  })

  it('shares are more than none, less than a thousand million, with six decimals', () => {
    const shares = rules.shares('nl-NL')
    expect(shares('0,000001')).toBeUndefined()
    expect(shares('999999999,999999')).toBeUndefined()
    for (const typed of ['0', '-1', '1000000000', '1e9', '0,0000001', '']) expect(shares(typed)).toBeDefined()
  })

  it('days are written out, since 1900 and until today', () => {
    const day = rules.day('2024-06-28')
    expect(day('2024-02-29')).toBeUndefined()
    for (const typed of ['2024-06-29', '1899-12-31', '1/2/2024', '']) expect(day(typed)).toBeDefined()
  })

  it('a fee has an amount, everything else shares and a price', () => {
    const buy = { type: 'buy', portfolioFundId: 'p', date: '2024-01-02', shares: '1', costPerShare: '', amount: '3' }
    expect(wrong(tradeRules(buy, 'nl-NL', '2024-06-28'), buy)).toEqual(['costPerShare'])
    const fee = { ...buy, type: 'fee' }
    expect(wrong(tradeRules(fee, 'nl-NL', '2024-06-28'), fee)).toEqual([])
    expect(tradeBody(fee, 'nl-NL')).toMatchObject({ shares: null, costPerShare: null, amount: '3' })
  })

  it('a reinvestment has shares and a price, or neither', () => {
    const values = { portfolioFundId: 'p', exDividendDate: '2024-01-02', recordDate: '2024-01-03', dividendPerShare: '1' }
    const found = (more: Record<string, string>) => {
      const all = { ...values, ...more }
      return wrong(dividendRules(all, true, 'en-US', '2024-06-28'), all)
    }
    expect(found({})).toEqual([])
    expect(found({ reinvestmentShares: '2' })).toEqual(['reinvestmentPrice'])
  })
})

describe('what the API says', () => {
  const values = { date: '', shares: '' }
  const problem = (errors: unknown[], status = 422) => new Problem(status, { detail: 'It cannot be taken.', errors })

  it('stands beside the field it is about', () => {
    const told = toldBy(problem([{ detail: 'is after today', pointer: '#/date' }]), values)
    expect(told).toEqual({ fields: { date: 'is after today' }, whole: '' })
  })

  it('is said of the whole where this form has no such field', () => {
    const told = toldBy(problem([{ detail: 'is wrong', pointer: '#/other' }]), values)
    expect(told).toEqual({ fields: {}, whole: 'other is wrong' })
    expect(toldBy(problem([]), values).whole).toBe('It cannot be taken.')
  })

  it('is no longer kept from whoever made a mistake in these pages', () => {
    expect(() => toldBy(new TypeError('oops'), values)).toThrow('oops')
  })
})

it('the same values have the same idempotency key, others another', () => {
  const keyOf = keys()
  const first = keyOf({ name: 'A' })
  expect(keyOf({ name: 'A' })).toBe(first)
  expect(keyOf({ name: 'B' })).not.toBe(first)
})
