// Makes src/api/schema.d.ts of the API's own OpenAPI document; with --check, says whether it is up to date.
//
//     npm run types              (PYTHON is the interpreter that has the app's packages; python3 by default)
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const ASK = `
import json
from portfolio import create_app
from portfolio.api import openapi
create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://"})
print(json.dumps(openapi.document("0")))
`
const folder = fileURLToPath(new URL('../..', import.meta.url))
const file = new URL('../src/api/schema.d.ts', import.meta.url)
const text = execFileSync(process.env.PYTHON ?? 'python3', ['-c', ASK], { cwd: folder, maxBuffer: 1 << 26 })
const types = astToString(await openapiTS(JSON.parse(text), { alphabetize: true }))
const made = `// Made by \`npm run types\` of the API's OpenAPI document. Not written by hand.\n\n${types}`

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== made) {
    console.error('src/api/schema.d.ts is behind the API: run `npm run types`.')
    process.exit(1)
  }
} else {
  writeFileSync(file, made)
}
