// A small server for the built pages and the browser that shows them, for the tools beside it.

import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { delimiter, extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

export const ui = fileURLToPath(new URL('..', import.meta.url))

/** The content policy of the app's windows; the calls to the app are not needed here. */
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src ipc: http://ipc.localhost; base-uri 'none'; form-action 'none'; frame-src 'none'; frame-ancestors 'none'"

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** Serves a folder on a free port of this computer, under the app's content policy. */
export async function serve(folder) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname))
    const file = join(folder, path)
    if (!file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end()
      return
    }
    response
      .writeHead(200, {
        'content-type': `${TYPES[extname(file)] ?? 'application/octet-stream'}; charset=utf-8`,
        'content-security-policy': POLICY,
      })
      .end(readFileSync(file))
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}

/** Starts Chromium: `$CHROMIUM`, or the first one in `$PATH`. */
export function launch() {
  return chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox'] })
}

function browserPath() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path))
  if (!found) throw new Error('no Chromium found: install it, or set CHROMIUM to its path')
  return found
}

/** Windows, states and sizes as the built pages know them. */
export async function inventory(browser, address) {
  const page = await browser.newPage()
  await page.goto(`${address}/menu.html?state=ready`)
  await page.waitForFunction(() => globalThis.casebridgeStage?.fixtures)
  const found = await page.evaluate(() => {
    const { fixtures, sizes, hashOf } = globalThis.casebridgeStage
    return Object.entries(fixtures).map(([window, states]) => ({
      window,
      ...sizes[window],
      states: Object.entries(states).map(([state, view]) => ({
        state,
        view,
        hash: hashOf(window, state),
      })),
    }))
  })
  await page.close()
  return found
}

/** The address of one window in one state. */
export function pageOf(address, window, { state, hash }) {
  return `${address}/${window}.html?state=${state}${hash ? `#${hash}` : ''}`
}

/** Opens a state and waits until it stands. */
export async function open(page, address, window, entry) {
  // A page that differs behind # only would not be loaded again.
  await page.goto('about:blank')
  await page.goto(pageOf(address, window, entry))
  // A window shows nothing for a moment, and a skeleton only when its first view is late.
  const isFilled = () => globalThis.casebridgeStage && document.querySelector('main h1, main h2, main .content *')
  await page.waitForFunction(isFilled)
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
}
