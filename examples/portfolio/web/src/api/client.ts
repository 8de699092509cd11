import type { components, paths } from './schema'

/** A schema of the API by its name. */
export type Shape<Name extends keyof components['schemas']> = components['schemas'][Name]

type Method = 'get' | 'post' | 'put' | 'delete'
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never
}[keyof paths]
type Operation<M extends Method, P extends keyof paths> = paths[P][M]
type Json<R> = [R] extends [never] ? undefined : R extends { content: { 'application/json': infer J } } ? J : never
export type Answer<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { responses: infer R }
    ? Json<R[keyof R & (200 | 201 | 202)]>
    : never
type PathPart<O> = O extends { parameters: { path: infer X } } ? { path: X } : { path?: never }
type Queried<O> = O extends { parameters: { query?: infer X } } ? { query?: X } : { query?: never }
type Bodied<O> = O extends { requestBody: { content: { 'application/json': infer B } } }
  ? { body: B }
  : { body?: never }
export type Asked<M extends Method, P extends keyof paths> = PathPart<Operation<M, P>> & Queried<Operation<M, P>>
export type Sent<M extends Method, P extends keyof paths> = Asked<M, P> &
  Bodied<Operation<M, P>> & {
    /** The version that an edit starts from; it is sent as If-Match. */
    version?: number | undefined
    /** Of a create: sent twice, it is done once. */
    key?: string
    form?: FormData
  }

export interface FieldFault {
  detail: string
  /** A JSON Pointer in its URI fragment form: #/name. */
  pointer: string
}

/** What the API says went wrong, RFC 9457; status 0 is a server that could not be reached. */
export class Problem extends Error {
  override name = 'Problem'
  readonly status: number
  readonly code: string
  readonly faults: FieldFault[]
  readonly more: Record<string, unknown>

  constructor(status: number, body: Record<string, unknown>) {
    super(typeof body['detail'] === 'string' ? body['detail'] : `The server answered ${status}.`)
    this.status = status
    this.code = typeof body['code'] === 'string' ? body['code'] : ''
    this.faults = Array.isArray(body['errors']) ? (body['errors'] as FieldFault[]) : []
    this.more = body
  }
}

let csrfToken = ''

/** What every change says from now on in X-CSRF-Token. */
export function setCsrfToken(token: string): void {
  csrfToken = token
}

let whenEnded = (): void => undefined

/** What is done when a session has ended, wherever that is noticed. */
export function onSessionEnd(done: () => void): void {
  whenEnded = done
}

type Queryable = string | number | boolean | string[] | null | undefined

/** The address of an operation: its path filled in, and its query. Lists go with commas between. */
export function address(path: string, asked: { path?: unknown; query?: unknown } = {}): string {
  const parts = (asked.path ?? {}) as Record<string, string>
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts[name] ?? ''))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries((asked.query ?? {}) as Record<string, Queryable>)) {
    const text = Array.isArray(value) ? value.join(',') : value
    if (text !== undefined && text !== null && text !== '') query.set(name, String(text))
  }
  const text = query.toString()
  return text ? `${filled}?${text}` : filled
}

interface Received {
  answer: unknown
  response: Response
}

async function send(method: Method, url: string, sent: Record<string, unknown>, signal?: AbortSignal): Promise<Received> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (method !== 'get' && csrfToken) headers['X-CSRF-Token'] = csrfToken
  if (typeof sent['version'] === 'number') headers['If-Match'] = `"${sent['version']}"`
  if (typeof sent['key'] === 'string') headers['Idempotency-Key'] = sent['key']
  let body: BodyInit | null = null
  if (sent['form'] instanceof FormData) {
    body = sent['form']
  } else if (sent['body'] !== undefined) {
    headers['Content-Type'] = 'application/json'
    body = JSON.stringify(sent['body'])
  }
  let response: Response
  let answer: unknown
  try {
    response = await fetch(url, { method: method.toUpperCase(), headers, body, signal: signal ?? null })
    const isJson = (response.headers.get('Content-Type') ?? '').includes('json')
    answer = isJson ? await response.json() : undefined
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Problem(0, { detail: 'The server cannot be reached. Are you online?', code: 'away' })
  }
  if (response.status === 401 && url !== '/api/session') whenEnded()
  if (!response.ok) throw new Problem(response.status, (answer ?? {}) as Record<string, unknown>)
  return { answer, response }
}

/** Ask for something. */
export async function get<P extends PathOf<'get'>>(
  path: P,
  asked: Asked<'get', P>,
  signal?: AbortSignal,
): Promise<Answer<'get', P>> {
  return (await send('get', address(path, asked), {}, signal)).answer as Answer<'get', P>
}

/** Change something. */
export async function change<M extends 'post' | 'put' | 'delete', P extends PathOf<M>>(
  method: M,
  path: P,
  sent: Sent<M, P>,
): Promise<Answer<M, P>> {
  return (await send(method, address(path, sent), sent)).answer as Answer<M, P>
}

/** Undoes a deletion. */
export type Undo = () => Promise<unknown>

/** Delete something; what comes back undoes that, for a week. */
export async function remove<P extends PathOf<'delete'>>(path: P, sent: Sent<'delete', P>): Promise<Undo | undefined> {
  const { response } = await send('delete', address(path, sent), sent)
  const id = /<\/api\/deleted\/([^/>]+)\/restore>; rel="restore"/.exec(response.headers.get('Link') ?? '')?.[1]
  return id === undefined ? undefined : () => restore(id)
}

/** Bring back what was deleted. */
export function restore(deletedId: string): Promise<unknown> {
  return change('post', '/api/deleted/{deletedId}/restore', { path: { deletedId } })
}
