import { describe, expect, it } from 'vitest'
import { DEFAULTS, formatsOf, todayIn } from '../src/format/formats'

const dutch = formatsOf(DEFAULTS)
const american = formatsOf({ ...DEFAULTS, numberFormat: 'en-US', dateFormat: 'en-US' })
const plainSpaces = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

describe('figures', () => {
  it('are written as the settings say', () => {
    expect(plainSpaces(dutch.money('1234.5', 'EUR'))).toBe('€ 1.234,50')
    expect(american.money('1234.5', 'USD')).toBe('$1,234.50')
  })

  it('are exact beyond what a float holds', () => {
    expect(american.amount('12345678901234567.89', 'USD')).toBe('12,345,678,901,234,567.89')
  })

  it('have the decimals of their currency', () => {
    expect(american.amount('1234', 'JPY')).toBe('1,234')
    expect(american.amount('1.2345', 'KWD')).toBe('1.235')
  })

  it('say gains and losses by a sign', () => {
    expect(dutch.gain('5', 'EUR')).toBe('+5,00')
    expect(dutch.gain('-5', 'EUR')).toBe('\u22125,00')
    expect(dutch.gain('0', 'EUR')).toBe('0,00')
    expect(american.percent('0.0533')).toBe('+5.33%')
  })

  it('are a dash where nothing is known', () => {
    expect(dutch.money(null, 'EUR')).toBe('–')
    expect(dutch.percent(undefined)).toBe('–')
  })
})

describe('days', () => {
  it('are the same day in every time zone', () => {
    for (const timeZone of ['Pacific/Kiritimati', 'America/Adak', 'Europe/Amsterdam']) {
      expect(formatsOf({ ...DEFAULTS, timeZone }).day('2024-02-29')).toBe('29-02-2024')
    }
    expect(american.day('2024-02-29')).toBe('02/29/2024')
    expect(formatsOf({ ...DEFAULTS, dateFormat: 'sv-SE' }).day('2024-02-29')).toBe('2024-02-29')
  })

  it('begin when they begin where the owner is', () => {
    expect(todayIn('Pacific/Kiritimati') >= todayIn('America/Adak')).toBe(true)
    expect(todayIn('Europe/Amsterdam')).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  })

  it('have times of the zone of the settings, summer and winter', () => {
    expect(dutch.time('2024-07-01T12:00:00Z')).toContain('14:00:00')
    expect(dutch.time('2024-01-01T12:00:00Z')).toContain('13:00:00')
  })
})
