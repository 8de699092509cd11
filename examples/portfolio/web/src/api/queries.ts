import {
  keepPreviousData,
  QueryClient,
  useInfiniteQuery,
  useQuery,
  type UseInfiniteQueryResult,
  type InfiniteData,
  type UseQueryResult,
} from '@tanstack/react-query'
import { get, onSessionEnd, Problem, type Answer, type Asked, type PathOf, type Shape } from './client'

const MINUTE = 60_000

/** What was asked is kept, and asked again when a change may have touched it: figures follow from everything. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: MINUTE,
      // Without a network it is asked all the same, and said that there is no answer.
      networkMode: 'always',
      retryDelay: (count) => 400 * 2 ** count,
      retry: (count, error) => count < 2 && error instanceof Problem && (error.status === 0 || error.status >= 502),
    },
  },
})

// What was known of the session stays: the pages stay too, with what is typed in them, behind a login.
onSessionEnd(() => void queries.invalidateQueries({ queryKey: ['/api/session'] }))

/** Ask the API for something, and keep it. */
export function useApi<P extends PathOf<'get'>>(
  path: P,
  asked: Asked<'get', P>,
  enabled = true,
): UseQueryResult<Answer<'get', P>> {
  return useQuery({
    queryKey: [path, asked],
    queryFn: ({ signal }) => get(path, asked, signal),
    placeholderData: keepPreviousData,
    enabled,
  })
}

interface Page {
  items: unknown[]
  nextCursor: string | null
}
type Paged = {
  [P in PathOf<'get'>]: Answer<'get', P> extends Page ? P : never
}[PathOf<'get'>]

/** Ask for a list page by page. */
export function usePages<P extends Paged>(
  path: P,
  asked: Asked<'get', P>,
): UseInfiniteQueryResult<InfiniteData<Answer<'get', P>>> {
  return useInfiniteQuery({
    queryKey: [path, asked, 'pages'],
    queryFn: ({ signal, pageParam }) => {
      const query = { ...(asked.query ?? {}), ...(pageParam ? { cursor: pageParam } : {}) }
      return get(path, { ...asked, query }, signal)
    },
    initialPageParam: '',
    getNextPageParam: (last) => (last as unknown as Page).nextCursor,
    placeholderData: keepPreviousData,
  })
}

/** A fund's closing prices from a day on, newest first: all of them, in as many pages as that takes. */
export function usePrices(fundId: string, startDate: string): UseQueryResult<Shape<'PriceOut'>[]> {
  return useQuery({
    queryKey: ['/api/funds/{fundId}/prices', fundId, startDate, 'all'],
    queryFn: async ({ signal }) => {
      const found: Shape<'PriceOut'>[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const query = { startDate, limit: 5000, ...(cursor ? { cursor } : {}) }
        const page: Shape<'PricePage'> = await get('/api/funds/{fundId}/prices', { path: { fundId }, query }, signal)
        found.push(...page.items)
        cursor = page.nextCursor
      }
      return found
    },
    placeholderData: keepPreviousData,
  })
}

/** Everything that is shown may have changed: ask again what is on the screen, the rest when it is needed. */
export async function changed(): Promise<void> {
  await queries.invalidateQueries()
}
