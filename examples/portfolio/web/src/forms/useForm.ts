import { useState, type SyntheticEvent } from 'react'
import { Problem } from '../api/client'
import type { Rule } from './rules'

export type Values = Record<string, string>
export type Rules = Record<string, Rule | undefined>

export interface Form {
  values: Values
  errors: Record<string, string>
  /** What is wrong with all of it. */
  problem: string
  isBusy: boolean
  set: (name: string, value: string) => void
  submit: (event: SyntheticEvent<HTMLFormElement>) => void
}

/** A form's values, what is wrong with them by its own rules and by the API's, and its way to the API. */
export function useForm(
  start: Values,
  rules: (values: Values) => Rules,
  send: (values: Values, key: string) => Promise<void>,
): Form {
  const [values, setValues] = useState(start)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [problem, setProblem] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [keyOf] = useState(keys)

  const show = (element: HTMLFormElement, found: Record<string, string>, whole: string) => {
    setErrors(found)
    setProblem(whole)
    const first = Object.keys(found)[0]
    if (first) requestAnimationFrame(() => focusField(element, first))
  }
  const run = async (element: HTMLFormElement) => {
    const found: Record<string, string> = {}
    for (const [name, rule] of Object.entries(rules(values))) {
      const why = rule?.(values[name] ?? '')
      if (why) found[name] = why
    }
    show(element, found, '')
    if (Object.keys(found).length) return
    setBusy(true)
    try {
      await send(values, keyOf(values))
    } catch (error) {
      const told = toldBy(error, values)
      show(element, told.fields, told.whole)
    } finally {
      setBusy(false)
    }
  }
  return {
    values,
    errors,
    problem,
    isBusy,
    set: (name, value) => {
      setValues((before) => ({ ...before, [name]: value }))
      setErrors((before) => Object.fromEntries(Object.entries(before).filter(([field]) => field !== name)))
    },
    submit: (event) => {
      event.preventDefault()
      if (!isBusy) void run(event.currentTarget)
    },
  }
}

/** Idempotency keys: the same values again, after an answer that was lost, are the same create. */
export function keys(): (values: Values) => string {
  let known = { of: '', is: '' }
  return (values) => {
    const of = JSON.stringify(values)
    if (known.of !== of) known = { of, is: randomKey() }
    return known.is
  }
}

/** Random enough for a key, where pages came by plain HTTP too: `crypto.randomUUID` is of secure places alone. */
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The API's problem, by field; what belongs to no field of this form is said of the whole. */
export function toldBy(error: unknown, values: Values): { fields: Record<string, string>; whole: string } {
  if (!(error instanceof Problem)) throw error
  const fields: Record<string, string> = {}
  const rest: string[] = []
  for (const fault of error.faults) {
    const field = fault.pointer.replace(/^#\//, '').split('/')[0] ?? ''
    if (field in values) fields[field] = fault.detail
    else rest.push(field ? `${field} ${fault.detail}` : fault.detail)
  }
  const isTold = Object.keys(fields).length > 0 && rest.length === 0
  return { fields, whole: isTold && error.status === 422 ? '' : rest.join(' ') || error.message }
}

function focusField(form: HTMLFormElement, name: string): void {
  const field = form.elements.namedItem(name)
  if (field instanceof HTMLElement) field.focus()
}
