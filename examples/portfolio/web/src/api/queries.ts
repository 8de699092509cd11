import {
  keepPreviousData,
  QueryClient,
  useInfiniteQuery,
  useQuery,
  type UseInfiniteQueryResult,
  type InfiniteData,
  type UseQueryResult,
} from '@tanstack/react-query'
import { get, onSessionEnd, Problem, type Answer, type Asked, type PathOf } from './client'

const MINUTE = 60_000

/** What was asked is kept, and asked again when a change may have touched it: figures follow from everything. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: MINUTE,
      retry: (count, error) => count < 2 && error instanceof Problem && (error.status === 0 || error.status >= 502),
    },
  },
})

onSessionEnd(() => void queries.resetQueries({ queryKey: ['/api/session'] }))

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

/** Everything that is shown may have changed: ask again what is on the screen, the rest when it is needed. */
export async function changed(): Promise<void> {
  await queries.invalidateQueries()
}
