import { useQuery } from '@tanstack/react-query'
import { useEffect, useId } from 'react'
import { get, Problem, type Shape } from '../api/client'
import { changed } from '../api/queries'
import { useFormats, type Formats } from '../format/formats'
import { Faults } from '../ui/faults'
import { useTelling } from '../ui/telling'
import { useJobs, type Started } from './started'

type Job = Shape<'JobOut'>
const OFTEN = 700
const isOver = (job: Job | undefined) => job?.state === 'done' || job?.state === 'failed'

/** How far jobs are, and what came of those that failed in part. */
export function Working() {
  const { jobs } = useJobs()
  if (!jobs.length) return null
  return (
    <section className="working" aria-label="Under way">
      {jobs.map((job) => (
        <OneJob key={job.id} started={job} />
      ))}
    </section>
  )
}

function OneJob({ started }: { started: Started }) {
  const { drop, over: end } = useJobs()
  const formats = useFormats()
  const tell = useTelling()
  const { id } = started
  const job = useQuery({
    queryKey: ['job', id],
    queryFn: ({ signal }) => get('/api/jobs/{jobId}', { path: { jobId: id } }, signal),
    refetchInterval: (query) => (isOver(query.state.data) ? false : OFTEN),
    refetchIntervalInBackground: true,
    staleTime: 0,
  })
  const data = job.data
  const over = isOver(data)
  const isUnknown = job.error instanceof Problem && job.error.status === 404
  useEffect(() => {
    if (over) void changed()
  }, [over])
  const good = over && data && !hasFailures(data) ? saidOf(data, formats) : undefined
  useEffect(() => {
    if (isUnknown) drop(id)
    if (over && good !== undefined) {
      tell({ text: good })
      drop(id)
    } else if (over) {
      end(id)
    }
    // What is told is told once, when it is over.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [over, isUnknown])
  if (isUnknown || (over && good !== undefined)) return null
  return (
    <div className="job" data-failed={over ? '' : undefined}>
      <Far started={started} job={data} isAway={job.error !== null} />
      {over && data ? <Failures job={data} /> : null}
      {over ? (
        <button type="button" className="button small" onClick={() => drop(id)}>
          Dismiss
        </button>
      ) : null}
    </div>
  )
}

/** A bar, and in words, for those who hear it, each quarter of the way. */
function Far({ started, job, isAway }: { started: Started; job: Job | undefined; isAway: boolean }) {
  const label = useId()
  const formats = useFormats()
  const count = (number: number) => formats.shares(String(number))
  const over = isOver(job)
  const unit = started.kind === 'prices' ? 'funds' : 'rows'
  const { done = 0, total = 0, stage = '' } = job ?? {}
  const isCounted = total > 0 && stage !== 'writing'
  const words = !isCounted ? wordsOf(stage) : `${count(done)} of ${count(total)} ${unit}`
  const quarter = isCounted ? Math.floor((done / total) * 4) * 25 : 0
  return (
    <>
      <div className="job-words">
        <b id={label}>{started.title}</b>
        <span className="quiet">
          {isAway && !over ? 'The server cannot be reached; asking again.' : over && job ? saidOf(job, formats) : words}
        </span>
      </div>
      {over ? null : (
        <progress aria-labelledby={label} {...(isCounted ? { value: done, max: total } : {})} />
      )}
      <p className="hidden" role="status">
        {started.title}: {over && job ? saidOf(job, formats) : isCounted ? `${quarter} percent of ${count(total)} ${unit}` : wordsOf(stage)}
      </p>
    </>
  )
}

function wordsOf(stage: string): string {
  if (stage === 'writing') return 'being written; figures are worked out'
  return stage === '' ? 'waiting for its turn' : 'begun'
}

type All = Shape<'UpdatedAll'>
type Imported = Shape<'Imported'>

function hasFailures(job: Job): boolean {
  return job.state === 'failed' || (job.kind === 'prices' && (job.result as All).totalErrors > 0)
}

/** What came of a job, in a sentence. */
function saidOf(job: Job, formats: Formats): string {
  const count = (number: number) => formats.shares(String(number))
  if (job.state === 'failed') return job.problem?.detail ?? 'It failed.'
  if (job.kind === 'prices') {
    const { newPrices, totalUpdated, totalErrors } = job.result as All
    const failed = totalErrors ? ` ${totalErrors} have none:` : ''
    return newPrices || totalErrors ? `${count(newPrices)} new prices of ${count(totalUpdated)} funds.${failed}` : 'All prices are up to date.'
  }
  const { imported, skipped } = job.result as Imported
  return `${count(imported)} transactions are imported${skipped ? `, ${count(skipped)} skipped` : ''}.`
}

function Failures({ job }: { job: Job }) {
  const rows = job.problem?.rows ?? []
  if (job.state === 'done') {
    return (
      <ul>
        {(job.result as All).errors.map((one) => (
          <li key={one.fundId}>
            {one.name}: {one.error}
          </li>
        ))}
      </ul>
    )
  }
  if (!rows.length) return null
  return <Faults label="What is wrong with the file" faults={rows} />
}
