interface Pages {
  hasNextPage: boolean
  isFetching: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => Promise<unknown>
}

/** Below a list: its next page, for as long as there is one. */
export function NextPage({ pages }: { pages: Pages }) {
  if (!pages.hasNextPage) return null
  return (
    <button type="button" className="button more" disabled={pages.isFetching} onClick={() => void pages.fetchNextPage()}>
      {pages.isFetchingNextPage ? 'Loading…' : 'More'}
    </button>
  )
}
