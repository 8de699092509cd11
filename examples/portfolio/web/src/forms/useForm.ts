import { useRef, useState, type RefObject, type SyntheticEvent } from 'react'
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
  ref: RefObject<HTMLFormElement | null>
  set: (name: string, value: string) => void
  submit: (event: SyntheticEvent) => void
  /** Of what is created: sent twice, it is done once. */
  key: () => string
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
  const ref = useRef<HTMLFormElement>(null)
  const key = useRef({ of: '', is: '' })

  const keyOf = () => {
    // The same values again, after an answer that was lost, are the same create.
    const of = JSON.stringify(values)
    if (key.current.of !== of) key.current = { of, is: crypto.randomUUID() }
    return key.current.is
  }
  const show = (found: Record<string, string>, whole: string) => {
    setErrors(found)
    setProblem(whole)
    const first = Object.keys(found)[0]
    if (first) requestAnimationFrame(() => focusField(ref.current, first))
  }
  const run = async () => {
    const found: Record<string, string> = {}
    for (const [name, rule] of Object.entries(rules(values))) {
      const why = rule?.(values[name] ?? '')
      if (why) found[name] = why
    }
    show(found, '')
    if (Object.keys(found).length) return
    setBusy(true)
    try {
      await send(values, keyOf())
    } catch (error) {
      const told = toldBy(error, values)
      show(told.fields, told.whole)
    } finally {
      setBusy(false)
    }
  }
  return {
    values,
    errors,
    problem,
    isBusy,
    ref,
    set: (name, value) => {
      setValues((before) => ({ ...before, [name]: value }))
      setErrors((before) => Object.fromEntries(Object.entries(before).filter(([field]) => field !== name)))
    },
    submit: (event) => {
      event.preventDefault()
      if (!isBusy) void run()
    },
    key: keyOf,
  }
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

function focusField(form: HTMLFormElement | null, name: string): void {
  const field = form?.elements.namedItem(name)
  if (field instanceof HTMLElement) field.focus()
}
