// emulate's GitHub on 127.0.0.1 with one repository and one App. Arguments: port, file to write when it is ready.
import { renameSync, writeFileSync } from 'node:fs'
import { createEmulator } from 'emulate'

const [port, ready] = process.argv.slice(2)
const permissions = { actions: 'read', contents: 'read', metadata: 'read' }
const github = await createEmulator({
  service: 'github',
  port: Number(port),
  hostname: '127.0.0.1',
  baseUrl: `http://127.0.0.1:${port}`,
  seed: {
    tokens: { 'made-up': { login: 'epetech', scopes: ['repo', 'workflow'] } },
    github: {
      users: [{ login: 'epetech' }],
      repos: [{ owner: 'epetech', name: 'payments', auto_init: true }],
      apps: [{ app_id: 77, slug: 'assistant', name: 'Assistant', permissions,
        installations: [{ installation_id: 100, account: 'epetech' }] }],
    },
  },
})
const told = { url: github.url, token: 'made-up', app_id: '77', private_key: github.generatedSecrets[0].value }
writeFileSync(`${ready}.part`, JSON.stringify(told))
renameSync(`${ready}.part`, ready)
