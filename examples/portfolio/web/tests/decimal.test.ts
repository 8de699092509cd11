import { describe, expect, it } from 'vitest'
import { decimalsOf, parseDecimal, times, typedDecimal } from '../src/format/decimal'

describe('a number that is typed', () => {
  it.each([
    ['1.234,56', 'nl-NL', '1234.56'],
    ['1234,56', 'nl-NL', '1234.56'],
    ['1,234.56', 'en-US', '1234.56'],
    [' 12,5 ', 'de-DE', '12.5'],
    ['12.500', 'nl-NL', '12500'],
    [',5', 'nl-NL', '0.5'],
    ['007', 'en-GB', '7'],
    ['\u22123', 'en-GB', '-3'],
    ['123456789012345678.123456', 'en-US', '123456789012345678.123456'],
  ])('%s in %s is %s', (typed, locale, plain) => {
    expect(parseDecimal(typed, locale)).toEqual({ plain })
  })

  it.each([
    ['12.5', 'nl-NL'],
    ['12,5', 'en-US'],
    ['1.23.456', 'nl-NL'],
    ['1,2,3', 'nl-NL'],
    ['1e9', 'en-US'],
    ['ten', 'en-US'],
    ['', 'en-US'],
    [',', 'nl-NL'],
    ['--3', 'en-US'],
  ])('%s in %s is refused, not guessed', (typed, locale) => {
    expect(parseDecimal(typed, locale)).toHaveProperty('why')
  })

  it('comes back as it was typed', () => {
    expect(typedDecimal('1234.5', 'nl-NL')).toBe('1234,5')
    expect(typedDecimal(null, 'nl-NL')).toBe('')
  })
})

describe('plain decimals', () => {
  it('are multiplied exactly', () => {
    expect(times('0.1', '0.2')).toBe('0.02')
    expect(times('999999999.999999', '999999999.999999')).toBe('999999999999998000.000000000001')
    expect(times('-2', '3.5')).toBe('-7.0')
  })

  it('have as many decimals as say something', () => {
    expect(decimalsOf('1.2300')).toBe(2)
    expect(decimalsOf('100')).toBe(0)
  })
})
