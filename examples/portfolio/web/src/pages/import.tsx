import { useState } from 'react'
import { change, Problem, type Shape } from '../api/client'
import { changed, useApi } from '../api/queries'
import { useFormats } from '../format/formats'
import { SelectField } from '../forms/fields'
import { formOf } from '../forms/upload'
import { useForm, type Values } from '../forms/useForm'
import { needed } from '../forms/rules'
import { useJobs } from '../jobs/started'
import { Faults } from '../ui/faults'
import { Table } from '../ui/figures'
import { Failed } from '../ui/states'
import { useTelling } from '../ui/telling'

type Imported = Shape<'Imported'>
type Kind = 'transactions' | 'prices'

const DATES = ['YYYY-MM-DD', 'YYYYMMDD', 'YYYY/MM/DD', 'DD-MM-YYYY', 'MM-DD-YYYY', 'DD/MM/YYYY', 'MM/DD/YYYY', 'DD.MM.YYYY', 'D MMM YYYY'] as const

/** A file is looked at first; what is wrong with it is shown by line; then it is imported whole, or not at all. */
export function Import({ kind }: { kind: Kind }) {
  const [file, setFile] = useState<File>()
  const [seen, setSeen] = useState<Imported>()
  const [failed, setFailed] = useState<Error>()
  const tell = useTelling()
  const { add } = useJobs()
  const ask = async (values: Values, preview: boolean) => {
    if (!file) return
    setFailed(undefined)
    try {
      if (!preview && kind === 'transactions') {
        const job = await begun(file, values)
        add({ id: job.id, kind: 'transactions', title: `Import of ${file.name}` })
        setSeen(undefined)
        setFile(undefined)
        return
      }
      const found = await sent(kind, file, values, preview)
      if (preview) {
        setSeen(found)
        return
      }
      await changed()
      tell({ text: `${found.imported} prices are imported.` })
      setSeen(undefined)
      setFile(undefined)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      setSeen(undefined)
      setFailed(error)
    }
  }
  const [isImporting, setImporting] = useState(false)
  const start: Values = { target: '', dates: '', decimal: '', duplicates: 'refuse' }
  const form = useForm(start, () => ({ target: needed }), (values) => ask(values, true))
  const again = (name: string, value: string) => {
    form.set(name, value)
    setSeen(undefined)
  }
  const run = async () => {
    setImporting(true)
    await ask(form.values, false)
    setImporting(false)
  }
  return (
    <form className="form wide" onSubmit={form.submit} noValidate>
      <div className="four">
        <Target kind={kind} form={{ ...form, set: again }} />
        <SelectField
          form={{ ...form, set: again }}
          name="dates"
          label="Dates"
          choices={[{ value: '', label: 'As the file tells' }, ...DATES.map((way) => ({ value: way, label: way }))]}
        />
        <SelectField
          form={{ ...form, set: again }}
          name="decimal"
          label="Decimals"
          choices={[
            { value: '', label: 'As the file tells' },
            { value: '.', label: 'a point, 12.50' },
            { value: ',', label: 'a comma, 12,50' },
          ]}
        />
        {kind === 'transactions' ? (
          <SelectField
            form={{ ...form, set: again }}
            name="duplicates"
            label="Rows that are there already"
            choices={[
              { value: 'refuse', label: 'Refuse the file' },
              { value: 'skip', label: 'Skip them' },
              { value: 'keep', label: 'Import them again' },
            ]}
          />
        ) : null}
      </div>
      <label className="drop" data-has={file ? '' : undefined}>
        <span>{file ? `${file.name}, ${Math.ceil(file.size / 1024)} kB` : 'Choose a CSV file, or drop one here'}</span>
        <input
          type="file"
          accept=".csv,text/csv"
          key={file ? 'chosen' : 'none'}
          onChange={(event) => {
            setFile(event.target.files?.[0] ?? file)
            setSeen(undefined)
            setFailed(undefined)
          }}
        />
      </label>
      <div className="actions">
        <button type="submit" className={seen ? 'button' : 'button primary'} disabled={!file || form.isBusy}>
          {form.isBusy ? 'Reading…' : 'Look at it'}
        </button>
        {seen ? (
          <button type="button" className="button primary" disabled={!isReady(seen, form.values) || isImporting} onClick={() => void run()}>
            {isImporting ? 'Importing…' : `Import ${seen.imported} ${kind}`}
          </button>
        ) : null}
      </div>
      <div aria-live="polite">
        {failed ? <Failed error={failed} /> : null}
        {seen ? <Preview seen={seen} kind={kind} duplicates={form.values['duplicates'] ?? ''} /> : null}
      </div>
    </form>
  )
}

function isReady(seen: Imported, values: Values): boolean {
  return seen.faultCount === 0 && seen.imported > 0 && !(seen.duplicateCount && values['duplicates'] === 'refuse')
}

function sent(kind: Kind, file: File, values: Values, preview: boolean): Promise<Imported> {
  const form = formOf(file)
  const target = values['target'] ?? ''
  const settled = { preview, ...settledOf(values) }
  if (kind === 'prices') return change('post', '/api/imports/prices', { query: { ...settled, fundId: target }, form })
  const query = { ...settled, portfolioFundId: target, duplicates: duplicatesOf(values) }
  return change('post', '/api/imports/transactions', { query, form })
}

/** Begins an import as a job: a large file takes longer than a request may. */
function begun(file: File, values: Values): Promise<Shape<'JobOut'>> {
  const query = { ...settledOf(values), portfolioFundId: values['target'] ?? '', duplicates: duplicatesOf(values) }
  return change('post', '/api/jobs/import-transactions', { query, form: formOf(file) })
}

function settledOf(values: Values) {
  const decimal: '' | '.' | ',' = values['decimal'] === '.' || values['decimal'] === ',' ? values['decimal'] : ''
  return { dates: DATES.find((way) => way === values['dates']) ?? ('' as const), decimal }
}

function duplicatesOf(values: Values): 'refuse' | 'skip' | 'keep' {
  const chosen = values['duplicates']
  return chosen === 'skip' || chosen === 'keep' ? chosen : 'refuse'
}

function Target({ kind, form }: { kind: Kind; form: ReturnType<typeof useForm> }) {
  const positions = useApi('/api/portfolio-funds', {}, kind === 'transactions')
  const portfolios = useApi('/api/portfolios', {}, kind === 'transactions')
  const funds = useApi('/api/funds', {}, kind === 'prices')
  const names = new Map((portfolios.data ?? []).map((one) => [one.id, one.name]))
  const choices =
    kind === 'prices'
      ? (funds.data ?? []).map((fund) => ({ value: fund.id, label: fund.name }))
      : (positions.data ?? []).map((one) => ({ value: one.id, label: `${names.get(one.portfolioId) ?? ''}: ${one.fundName}` }))
  return (
    <SelectField
      form={form}
      name="target"
      label={kind === 'prices' ? 'Prices of' : 'Transactions of'}
      choices={[{ value: '', label: 'Choose' }, ...choices]}
    />
  )
}

function Preview({ seen, kind, duplicates }: { seen: Imported; kind: Kind; duplicates: string }) {
  const formats = useFormats()
  return (
    <div className="preview">
      <p className={seen.faultCount ? 'notice bad' : 'notice good'}>
        {seen.faultCount
          ? `${seen.faultCount} things are wrong with the file. Nothing of it can be imported.`
          : `${seen.imported} ${kind} can be imported${seen.skipped ? `, ${seen.skipped} are skipped` : ''}. Dates are ${seen.dateFormat}.`}
      </p>
      {seen.duplicateCount ? (
        <p className="notice">
          {seen.duplicateCount} rows are there already, or twice in the file.
          {duplicates === 'refuse' ? ' Say above whether they are skipped or imported again.' : ''}
        </p>
      ) : null}
      {seen.warnings.map((warning) => (
        <p className="notice" key={warning}>
          {warning}
        </p>
      ))}
      {seen.faults.length ? <Faults label="What is wrong" faults={seen.faults} /> : null}
      {seen.rows.length ? (
        <Table
          label="Rows as they are understood"
          head={
            <>
              <th scope="col" className="number">Line</th>
              <th scope="col">Date</th>
              <th scope="col">Type</th>
              <th scope="col" className="number">Shares</th>
              <th scope="col" className="number">Price or fee</th>
            </>
          }
        >
          {seen.rows.map((row) => (
            <tr key={row.line} data-quiet={row.isDuplicate ? '' : undefined}>
              <td className="number">{row.line}</td>
              <td className="day">{formats.day(row.date)}</td>
              <td>
                {row.type}
                {row.isDuplicate ? (
                  <small className="tag">{row.sameAsLine ? `same as line ${row.sameAsLine}` : 'there already'}</small>
                ) : null}
              </td>
              <td className="number">{row.type === 'fee' ? '–' : formats.shares(row.shares)}</td>
              <td className="number">{formats.price(row.type === 'fee' ? row.amount : row.costPerShare)}</td>
            </tr>
          ))}
        </Table>
      ) : null}
    </div>
  )
}
