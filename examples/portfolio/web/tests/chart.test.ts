import { describe, expect, it } from 'vitest'
import { spanOf, windowOf, windowSeen } from '../src/chart/plot'
import { startOf } from '../src/chart/ranges'

const DAY = 86_400

describe('the axis of figures', () => {
  it('begins at nought unless it is told not to', () => {
    expect(spanOf(400, 600, true)[0]).toBe(0)
    expect(spanOf(400, 600, false)[0]).toBeGreaterThan(300)
    expect(spanOf(-5, -1, true)[1]).toBe(0)
  })

  it('has room for one figure, and for none', () => {
    expect(spanOf(5, 5, false)).toEqual([4.75, 5.25])
    expect(spanOf(null, null, true)[1]).toBeGreaterThan(1)
  })
})

describe('zoom', () => {
  const whole = { min: 0, max: 100 * DAY }

  it('halves around the middle, and never leaves the days there are', () => {
    expect(windowOf(whole, whole, 0.5, 0)).toEqual({ min: 25 * DAY, max: 75 * DAY })
    expect(windowOf({ min: 0, max: 50 * DAY }, whole, 1, -0.5)).toEqual({ min: 0, max: 50 * DAY })
    expect(windowOf({ min: 10, max: 20 }, whole, 1e6, 0)).toEqual(whole)
  })

  it('is of everything before the first drawing, as in development, where React mounts twice', () => {
    const before = { data: [[DAY, 2 * DAY]], scales: { x: { min: null, max: null } } }
    // uPlot's types know nothing of null, which it has until then.
    expect(windowSeen(before as unknown as Parameters<typeof windowSeen>[0])).toEqual({ min: DAY, max: 2 * DAY })
  })
})

describe('a range', () => {
  it.each([
    ['1M', '2024-03-31', '2024-02-29'],
    ['1Y', '2024-02-29', '2023-02-28'],
    ['3M', '2024-01-15', '2023-10-15'],
    ['YTD', '2024-06-28', '2024-01-01'],
    ['All', '2024-06-28', '1900-01-01'],
  ] as const)('%s until %s is since %s', (range, today, since) => {
    expect(startOf(range, today)).toBe(since)
  })
})
