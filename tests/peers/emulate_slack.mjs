// emulate's Slack on 127.0.0.1 with one workspace. Arguments: port, file to write when it is ready, the bot's scopes
// (comma-separated), and the address that events are sent to. Its package offers no option for that address: the plugin is caught while it registers.
import { readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { createEmulator } from 'emulate'

const [port, ready, scopes, events] = process.argv.slice(2)
const dist = new URL('./node_modules/emulate/dist/', import.meta.url)
const file = readdirSync(dist).find(
  (name) => /^dist-.*\.js$/.test(name) && readFileSync(new URL(name, dist), 'utf8').includes('var slackPlugin'))
const { slackPlugin } = await import(new URL(file, dist))
const register = slackPlugin.register.bind(slackPlugin)
const caught = {}
slackPlugin.register = (app, store, webhooks, ...more) => {
  Object.assign(caught, { store, webhooks })
  // What no method of Slack's shows: what one person alone sees, windows, homes; and somebody else's message.
  app.get('/_test/:name', (c) => c.json(store.collection(`slack.${c.req.param('name')}`).all()))
  app.delete('/_test', (c) => {
    for (const name of ['messages', 'ephemeral_messages', 'views']) store.collection(`slack.${name}`).clear()
    return c.json({})
  })
  app.post('/_test/messages', async (c) => {
    const message = { type: 'message', reply_count: 0, reply_users: [], reactions: [], ...(await c.req.json()) }
    return c.json(store.collection('slack.messages').insert(message))
  })
  return register(app, store, webhooks, ...more)
}
const PEOPLE = ['ana', 'ben', 'cid', 'priya', 'jonas', 'mei', 'tomasz', 'lena']
const told = { client_id: '1.2', client_secret: 'made-up', signing_secret: 's3cret', token: 'xoxb-made-up',
  ana_token: 'xoxp-made-up' }
const slack = await createEmulator({
  service: 'slack',
  port: Number(port),
  hostname: '127.0.0.1',
  baseUrl: `http://127.0.0.1:${port}`,
  seed: {
    slack: {
      signing_secret: told.signing_secret,
      strict_scopes: true,
      team: { name: 'Epetech', domain: 'epetech' },
      users: PEOPLE.map((name) => ({ name })),
      channels: [{ name: 'deployments' }],
      oauth_apps: [{ client_id: told.client_id, client_secret: told.client_secret, app_id: 'A1', name: 'Assistant',
        redirect_uris: ['https://assistant.epetech.online/webhooks/slack/oauth_redirect'], scopes: scopes.split(',') }],
    },
  },
})
const all = (name) => caught.store.collection(`slack.${name}`).all()
const [bot] = all('installations')
caught.store.collection('slack.tokens').insert({ token: told.token, token_type: 'bot', team_id: bot.team_id,
  user_id: bot.bot_user_id, scopes: scopes.split(','), app_id: bot.app_id, bot_id: bot.bot_id, bot_user_id: bot.bot_user_id })
const ana = all('users').find((user) => user.name === 'ana')
caught.store.collection('slack.tokens').insert({ token: told.ana_token, token_type: 'user', team_id: bot.team_id,
  user_id: ana.user_id, scopes: ['chat:write'] })
if (events) caught.webhooks.register({ url: events, events: ['*'], active: true, owner: 'slack' })
Object.assign(told, {
  url: slack.url,
  team: bot.team_id,
  bot_user: bot.bot_user_id,
  channel: all('channels').find((channel) => channel.name === 'deployments').channel_id,
})
for (const user of all('users')) if (PEOPLE.includes(user.name)) told[user.name] = user.user_id
writeFileSync(`${ready}.part`, JSON.stringify(told))
renameSync(`${ready}.part`, ready)
