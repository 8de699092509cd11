import { useState } from 'react'
import { change, type Shape } from '../api/client'
import { useApi, usePages } from '../api/queries'
import { beginOf, nextDay } from '../format/days'
import { useFormats } from '../format/formats'
import { useSettings } from '../format/settings'
import { DayRange } from '../forms/day'
import { Choosing } from '../ui/choosing'
import { Confirm } from '../ui/dialog'
import { Panel, Table, Title } from '../ui/figures'
import { Icon } from '../ui/icon'
import { usePageTitle } from '../ui/page'
import { NextPage } from '../ui/nextPage'
import { Empty, Loaded } from '../ui/states'
import { useDoing } from '../ui/telling'

type Line = Shape<'LogLine'>
interface Filter {
  level: string[]
  category: string[]
  source: string
  since: string
  until: string
  sort: '-at' | 'at'
  message: string
  requestId: string
}
const ALL: Filter = { level: [], category: [], source: '', since: '', until: '', sort: '-at', message: '', requestId: '' }

/** The log: what happened, newest first. */
export function Logs() {
  usePageTitle('Log')
  const [filter, setFilter] = useState(ALL)
  const [isClearing, setClearing] = useState(false)
  const doing = useDoing()
  const { timeZone } = useSettings()
  const lines = usePages('/api/logs', { query: queryOf(filter, timeZone) })
  const isFiltered = JSON.stringify({ ...filter, sort: '-at' }) !== JSON.stringify(ALL)
  return (
    <>
      <Title
        actions={
          <>
            <button type="button" className="button" disabled={lines.isFetching} onClick={() => void lines.refetch()}>
              <Icon name="refresh" /> {lines.isFetching ? 'Loading…' : 'Look again'}
            </button>
            <button type="button" className="button danger-quiet" onClick={() => setClearing(true)}>
              Clear…
            </button>
          </>
        }
      >
        Log
      </Title>
      <Panel title="Lines">
        <Filters filter={filter} set={setFilter} />
        <Loaded query={lines} lines={10}>
          {(data) => {
            const found = data.pages.flatMap((page) => page.items)
            if (!found.length) {
              return (
                <Empty title={isFiltered ? 'None like that' : 'The log is empty'}>
                  {isFiltered ? (
                    <button type="button" className="button small" onClick={() => setFilter(ALL)}>
                      Show all
                    </button>
                  ) : null}
                </Empty>
              )
            }
            return (
              <>
                <Rows lines={found} only={(requestId) => setFilter({ ...ALL, requestId })} />
                <NextPage pages={lines} />
              </>
            )
          }}
        </Loaded>
      </Panel>
      {isClearing ? (
        <Confirm
          title="Clear the log?"
          action="Delete all lines"
          onConfirm={() => void doing(() => change('delete', '/api/logs', {}), 'The log is cleared.')}
          onClose={() => setClearing(false)}
        >
          <p>All lines are deleted. This cannot be undone; that it was cleared is the first new line.</p>
        </Confirm>
      ) : null}
    </>
  )
}

function queryOf(filter: Filter, timeZone: string) {
  const { level, category, source, since, until, sort, message, requestId } = filter
  return {
    sort,
    ...(level.length ? { level } : {}),
    ...(category.length ? { category } : {}),
    ...(since ? { startDate: beginOf(since, timeZone) } : {}),
    ...(until ? { endDate: beginOf(nextDay(until), timeZone) } : {}),
    ...(source ? { source } : {}),
    ...(message.trim() ? { message: message.trim() } : {}),
    ...(requestId ? { requestId } : {}),
  }
}

function Filters({ filter, set }: { filter: Filter; set: (filter: Filter) => void }) {
  const choices = useApi('/api/logs/choices', {})
  const several = (name: 'level' | 'category', label: string, all: string, values: string[]) => (
    <Choosing
      label={label}
      all={all}
      choices={values.map((value) => ({ value, label: value }))}
      chosen={filter[name]}
      set={(chosen) => set({ ...filter, [name]: chosen })}
    />
  )
  return (
    <div className="filters" role="group" aria-label="Which lines">
      {several('level', 'Levels', 'All levels', choices.data?.levels ?? [])}
      {several('category', 'Categories', 'All categories', choices.data?.categories ?? [])}
      <select aria-label="Source" value={filter.source} onChange={(event) => set({ ...filter, source: event.target.value })}>
        <option value="">All sources</option>
        {(choices.data?.sources ?? []).map((source) => (
          <option key={source} value={source}>
            {source}
          </option>
        ))}
      </select>
      <DayRange since={filter.since} until={filter.until} set={(range) => set({ ...filter, ...range })} />
      <select
        aria-label="Order"
        value={filter.sort}
        onChange={(event) => set({ ...filter, sort: event.target.value === 'at' ? 'at' : '-at' })}
      >
        <option value="-at">Newest first</option>
        <option value="at">Oldest first</option>
      </select>
      <input
        type="search"
        aria-label="Words of the message"
        placeholder="Words of the message"
        value={filter.message}
        onChange={(event) => set({ ...filter, message: event.target.value })}
      />
      {filter.requestId ? (
        <button type="button" className="button small" onClick={() => set({ ...filter, requestId: '' })}>
          Request {filter.requestId.slice(0, 8)}… ×
        </button>
      ) : null}
    </div>
  )
}

function Rows({ lines, only }: { lines: Line[]; only: (requestId: string) => void }) {
  const formats = useFormats()
  return (
    <Table
      label="Lines of the log"
      head={
        <>
          <th scope="col" className="p2">Time</th>
          <th scope="col">Level</th>
          <th scope="col" className="p2">Category</th>
          <th scope="col">Message</th>
          <th scope="col" className="p3">Request</th>
          <th scope="col" className="number p2">Status</th>
        </>
      }
    >
      {lines.map((line) => (
        <tr key={line.number}>
          <td className="day p2">{formats.time(line.at)}</td>
          <td>
            <span className="level" data-level={line.level}>
              {line.level}
            </span>
          </td>
          <td className="p2">{line.category}</td>
          <td className="wrap">
            {line.message}
            <small className="below p1">{formats.time(line.at)}</small>
            <More line={line} />
          </td>
          <td className="p3">
            {line.requestId ? (
              <button type="button" className="link code" aria-label={`Only request ${line.requestId}`} onClick={() => only(line.requestId)}>
                {line.requestId.slice(0, 8)}
              </button>
            ) : (
              '–'
            )}
          </td>
          <td className="number p2">{line.httpStatus ?? '–'}</td>
        </tr>
      ))}
    </Table>
  )
}

function More({ line }: { line: Line }) {
  const details: unknown = line.details
  const hasDetails = details !== null && details !== undefined && JSON.stringify(details) !== '{}'
  if (!hasDetails && !line.stackTrace && !line.source) return null
  return (
    <details>
      <summary>Details</summary>
      {line.source ? <p className="quiet">{line.source}</p> : null}
      {hasDetails ? <pre tabIndex={0}>{JSON.stringify(details, null, 2)}</pre> : null}
      {line.stackTrace ? <pre tabIndex={0}>{line.stackTrace}</pre> : null}
    </details>
  )
}
