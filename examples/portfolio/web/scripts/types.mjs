// Makes src/api/schema.d.ts of the API's own OpenAPI document; with --check, says whether it is up to date.
//
//     npm run types              (PYTHON names the interpreter that has the app's packages)
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const ASK = `
import json
from portfolio import create_app
from portfolio.api import openapi
create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://"})
print(json.dumps(openapi.document("0"), sort_keys=True), end="")
`
const folder = fileURLToPath(new URL('../..', import.meta.url))
const file = new URL('../src/api/schema.d.ts', import.meta.url)
// In a clone of sameroom: its virtual environment.
const near = fileURLToPath(new URL('../../../../.venv/bin/python', import.meta.url))
const python = process.env.PYTHON ?? (existsSync(near) ? near : 'python3')
const text = document()
const types = astToString(await openapiTS(JSON.parse(text), { alphabetize: true }))
const sum = createHash('sha256').update(text).digest('hex')
const made = `// Made by \`npm run types\` of the API's OpenAPI document. Not written by hand.\n// ${sum}\n\n${types}`

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== made) {
    console.error('src/api/schema.d.ts is behind the API: run `npm run types`.')
    process.exit(1)
  }
} else {
  writeFileSync(file, made)
}

function document() {
  try {
    return execFileSync(python, ['-c', ASK], { cwd: folder, maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'inherit'] })
  } catch {
    console.error(`${python} cannot load the app. PYTHON names the interpreter that has its packages.`)
    process.exit(1)
  }
}
