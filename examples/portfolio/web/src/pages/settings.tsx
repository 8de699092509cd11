import { NavLink, Navigate, Route, Routes } from 'react-router'
import { change } from '../api/client'
import { changed, useApi } from '../api/queries'
import { DEFAULTS, formatsOf, todayIn, type Settings } from '../format/formats'
import { useSettings } from '../format/settings'
import { showTheme, type Theme } from '../format/theme'
import { CheckField, FormProblem, SelectField, TextField } from '../forms/fields'
import { currency, needed } from '../forms/rules'
import { useForm, type Values } from '../forms/useForm'
import { Panel, Title } from '../ui/figures'
import { usePageTitle } from '../ui/page'
import { useTelling } from '../ui/telling'
import { Deleted } from './deleted'
import { Rates } from './rates'
import { Security } from './security'

/** How things are shown and done; rates; who may. */
export function SettingsPage() {
  return (
    <>
      <Title>Settings</Title>
      <nav className="tabs" aria-label="Settings">
        <NavLink to="/settings" end>
          General
        </NavLink>
        <NavLink to="/settings/rates">Exchange rates</NavLink>
        <NavLink to="/settings/security">Security</NavLink>
        <NavLink to="/settings/deleted">Deleted</NavLink>
      </nav>
      <Routes>
        <Route index element={<General />} />
        <Route path="rates" element={<Rates />} />
        <Route path="security" element={<Security />} />
        <Route path="deleted" element={<Deleted />} />
        <Route path="*" element={<Navigate to="/settings" replace />} />
      </Routes>
    </>
  )
}

const NUMBERS = [
  { value: 'nl-NL', label: 'Dutch' },
  { value: 'de-DE', label: 'German' },
  { value: 'en-GB', label: 'British' },
  { value: 'en-US', label: 'American' },
]
const DATES = [...NUMBERS, { value: 'sv-SE', label: 'ISO 8601' }]
const THEMES = [
  { value: 'system', label: 'As the system has it' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]
const PROVIDERS = [
  { value: 'yahoo', label: 'Yahoo Finance' },
  { value: 'csv', label: 'Files of a folder' },
  { value: 'fixed', label: 'Made up, for trying out' },
]
const LEVELS = ['debug', 'info', 'warning', 'error', 'critical'].map((value) => ({ value, label: value }))

function General() {
  usePageTitle('Settings')
  const settings = useSettings()
  const tell = useTelling()
  const version = useApi('/api/version', {})
  const form = useForm(valuesOf(settings), () => ({ currency, timeZone: needed }), async (values) => {
    await change('put', '/api/settings', { body: settingsOf(values) })
    showTheme(values['theme'] as Theme)
    await changed()
    tell({ text: 'The settings are kept.' })
  })
  const shown = formatsOf({ ...settingsOf(form.values), timeZone: settings.timeZone, currency: settings.currency })
  const today = todayIn(settings.timeZone)
  return (
    <form className="form wide" onSubmit={form.submit} noValidate>
      <Panel title="Appearance">
        <div className="three">
          <SelectField form={form} name="theme" label="Theme" choices={THEMES} />
          <SelectField form={form} name="numberFormat" label="Numbers" choices={NUMBERS} hint={`${shown.money('-1234567.5', settings.currency)} is how a debt looks.`} />
          <SelectField form={form} name="dateFormat" label="Dates" choices={DATES} hint={`Today is ${shown.day(today)}.`} />
        </div>
      </Panel>
      <Panel title="Figures">
        <div className="three">
          <TextField form={form} name="currency" label="Currency of the overview" maxLength={3} />
          <TextField form={form} name="timeZone" label="Time zone" list="zones" hint="Whose day is today." autoComplete="off" />
          <SelectField form={form} name="priceProvider" label="Prices come from" choices={PROVIDERS} />
        </div>
        <datalist id="zones">
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </Panel>
      <Panel title="Log">
        <div className="three">
          <SelectField form={form} name="loggingLevel" label="Kept from" choices={LEVELS} />
          <CheckField form={form} name="loggingEnabled" label="Keep a log" />
        </div>
      </Panel>
      <FormProblem form={form} />
      <div className="actions">
        <button type="submit" className="button primary" disabled={form.isBusy}>
          {form.isBusy ? 'Saving…' : 'Save'}
        </button>
      </div>
      {version.data ? (
        <p className="quiet small">
          Portfolio {version.data.appVersion}, database {version.data.databaseVersion ?? 'without a version'}
        </p>
      ) : null}
    </form>
  )
}

function valuesOf(settings: Settings): Values {
  const entries = Object.entries({ ...DEFAULTS, ...settings })
  return Object.fromEntries(entries.map(([name, value]) => [name, value === false ? '' : String(value)]))
}

function settingsOf(values: Values): Settings {
  return { ...values, loggingEnabled: values['loggingEnabled'] === 'true' } as Settings
}
