// Draws every window in every state, look and scale into target/pictures/, with one contact sheet.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inventory, launch, open, serve, ui } from './stage.mjs'

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  contrast: { colorScheme: 'light', contrast: 'more' },
  'contrast-dark': { colorScheme: 'dark', contrast: 'more' },
  forced: { colorScheme: 'dark', forcedColors: 'active' },
}
const SCALES = [1, 2]
const NOON = new Date('2026-03-02T12:00:00Z')

const wanted = process.argv[2] ?? ''
const folder = join(ui, '..', 'target', 'pictures')
if (wanted === '') rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

const server = await serve(join(ui, 'dist-pictures'))
const browser = await launch()
const windows = await inventory(browser, server.address)
const pictures = []
const total =
  windows.reduce((sum, { states }) => sum + states.length, 0) * SCALES.length * Object.keys(LOOKS).length

for (const scale of SCALES) {
  for (const [look, media] of Object.entries(LOOKS)) {
    const context = await browser.newContext({
      deviceScaleFactor: scale,
      reducedMotion: 'reduce',
      ...media,
    })
    const page = await context.newPage()
    await page.clock.setFixedTime(NOON)
    for (const { window, width, height, states } of windows) {
      for (const entry of states) {
        const name = `${window}-${entry.state}-${look}-${scale}00.png`
        pictures.push({ window, state: entry.state, look, scale, name, width })
        if (!name.includes(wanted)) continue
        await page.setViewportSize({ width, height })
        await open(page, server.address, window, entry)
        // The app makes the window as high as its content.
        const needed = await page.evaluate(contentHeight)
        await page.setViewportSize({ width, height: Math.min(Math.max(needed, height), 900) })
        await page.screenshot({ path: join(folder, name) })
        progress(pictures.length, name)
      }
    }
    await context.close()
  }
}

await contactSheet()
await browser.close()
server.close()
process.stdout.write(`\n${pictures.length} pictures in target/pictures, index.html and index.png show them all\n`)

function contentHeight() {
  const parts = [...document.querySelectorAll('.content, footer')]
  return Math.ceil(parts.reduce((sum, part) => sum + part.getBoundingClientRect().height, 0))
}

function progress(done, name) {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${done}/${total} ${name}`)
  else if (done % 50 === 0) process.stdout.write(`${done}/${total}\n`)
}

async function contactSheet() {
  const rows = windows.flatMap(({ window, width, states }) =>
    states.map(({ state }) => {
      const cells = pictures
        .filter((p) => p.window === window && p.state === state && p.scale === 1)
        .map(({ name, look }) => {
          const large = name.replace('-100.png', '-200.png')
          return `<td><a href="${large}"><img src="${name}" width="${Math.round(width / 2)}" alt="${window}, ${state}, ${look}"></a></td>`
        })
      return `<tr><th>${window}<br>${state}</th>${cells.join('')}</tr>`
    }),
  )
  const head = Object.keys(LOOKS).map((look) => `<th>${look}</th>`)
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Casebridge windows</title><style>
body{font:13px/20px system-ui,sans-serif;margin:24px;background:#d8dddd;color:#191d1d}
th{text-align:left;vertical-align:top;padding:8px 16px 8px 0;font-weight:500}td{vertical-align:top;padding:8px}
img{display:block;border:1px solid #879191;border-radius:4px}</style>
<h1>Casebridge windows</h1><table><tr><th></th>${head.join('')}</tr>${rows.join('\n')}</table></html>`
  writeFileSync(join(folder, 'index.html'), html)
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
  await page.goto(`file://${join(folder, 'index.html')}`)
  await page.screenshot({ path: join(folder, 'index.png'), fullPage: true })
  await page.close()
}
