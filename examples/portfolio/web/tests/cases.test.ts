import { describe, expect, it } from 'vitest'
import * as rules from '../src/forms/rules'
import cases from './cases.json'

/** The same cases are put to the API's schemas by tests/test_portfolio_rules.py. */
const RULES: Record<keyof typeof cases, rules.Rule> = {
  name: rules.name,
  currency: rules.currency,
  symbol: rules.symbol,
  isin: rules.isin,
  day: rules.anyDay,
  shares: rules.shares('en-GB'),
  price: rules.price('en-GB'),
  amount: rules.amount('en-GB'),
  rate: rules.rate('en-GB'),
}

describe.each(Object.entries(cases))('%s', (name, { good, bad }) => {
  const rule = RULES[name as keyof typeof cases]
  it.each(good)('takes "%s"', (value) => expect(rule(value)).toBeUndefined())
  it.each(bad)('refuses "%s"', (value) => expect(rule(value)).toBeDefined())
})
