// Checks the built pages in a real browser and fails on any finding:
// axe-core in every state and look, the keyboard, narrow and enlarged pages, and hostile texts (S8).

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { inventory, launch, open, pageOf, serve, ui } from './stage.mjs'

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  contrast: { colorScheme: 'light', contrast: 'more' },
  'contrast-dark': { colorScheme: 'dark', contrast: 'more' },
}
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const findings = []
const find = (where, what) => findings.push(`${where}: ${what}`)
const say = (text) => process.stdout.write(`${text}\n`)

const server = await serve(join(ui, 'dist-pictures'))
const browser = await launch()
const windows = await inventory(browser, server.address)
const states = windows.flatMap(({ window, width, height, states }) =>
  states.map((entry) => ({ window, width, height, entry, where: `${window} ${entry.state}` })),
)

await accessibility()
await keyboard()
await reflow()
await hostileTexts()

await browser.close()
server.close()
for (const finding of findings) say(finding)
say(findings.length === 0 ? 'no findings' : `${findings.length} findings`)
process.exit(findings.length === 0 ? 0 : 1)

async function accessibility() {
  for (const [look, media] of Object.entries(LOOKS)) {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...media })
    const page = await context.newPage()
    for (const { window, width, entry, where } of states) {
      await page.setViewportSize({ width, height: 900 })
      await open(page, server.address, window, entry)
      await page.evaluate(axe)
      const { violations } = await page.evaluate(
        (tags) => globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags } }),
        TAGS,
      )
      for (const { id, help, nodes } of violations) {
        find(`${where} ${look}`, `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
      }
    }
    await context.close()
    say(`axe: ${states.length} states, ${look}`)
  }
}

/** Tab reaches everything that can be pressed or typed into, in order; Esc closes; Enter presses the filled button. */
async function keyboard() {
  const page = await browser.newPage({ reducedMotion: 'reduce' })
  for (const { window, width, entry, where } of states) {
    if (entry.view === null) continue
    await page.setViewportSize({ width, height: 900 })
    await open(page, server.address, window, entry)
    const reached = await tabThrough(page)
    const missed = await page.evaluate((seen) => {
      const all = document.querySelectorAll('button, input, select, textarea, summary, a[href], [tabindex="0"]')
      // Tab enters a group of radio buttons at the checked one; arrows lead on from there.
      const byArrow = (e) =>
        e.type === 'radio' && document.querySelector(`input[name="${e.name}"]:checked`) !== e
      return [...all]
        .filter((e) => e.tabIndex >= 0 && e.checkVisibility() && !e.disabled && !byArrow(e))
        .filter((e) => !seen.includes(e.dataset.reached))
        .map((e) => e.outerHTML.slice(0, 100))
    }, reached.marks)
    for (const element of missed) find(where, `Tab does not reach ${element}`)
    for (const element of reached.unseen) find(where, `no visible focus on ${element}`)
    if (reached.backwards > 1) find(where, `Tab goes back up ${reached.backwards} times`)

    await open(page, server.address, window, entry)
    await page.evaluate(() => document.activeElement?.blur())
    await page.keyboard.press('Escape')
    if (!(await calls(page)).includes('close_window')) find(where, 'Esc does not close')

    await open(page, server.address, window, entry)
    const filled = await page.evaluate(() => document.querySelectorAll('button.filled').length)
    if (filled > 1) find(where, `${filled} filled buttons`)
    const busy = await page.evaluate(() => document.querySelector('button.filled')?.ariaDisabled === 'true')
    if (filled === 1 && !busy) await enterPresses(page, where)
  }
  await menuKeys(page)
  await page.close()
  say(`keyboard: ${states.length} states`)
}

async function enterPresses(page, where) {
  await page.evaluate(() => {
    document.activeElement?.blur()
    globalThis.pressed = 0
    document.querySelector('button.filled').addEventListener('click', () => (globalThis.pressed += 1), true)
  })
  await page.keyboard.press('Enter')
  if ((await page.evaluate(() => globalThis.pressed)) !== 0) {
    find(where, 'Enter presses a button that has only just appeared')
  }
  await page.waitForFunction(() => !document.querySelector('[data-fresh]'))
  await page.keyboard.press('Enter')
  if ((await page.evaluate(() => globalThis.pressed)) !== 1) find(where, 'Enter does not press the filled button')
}

/** Walks once around the page, from wherever the focus is at the start. */
async function tabThrough(page) {
  const reached = { marks: [], unseen: [], backwards: -1 }
  let last = Infinity
  for (let step = 0; step < 120; step += 1) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate((mark) => {
      const element = document.activeElement
      if (!element || element === document.body) return 'outside'
      if (element.dataset.reached) return 'again'
      element.dataset.reached = mark
      const { outlineStyle, outlineWidth } = getComputedStyle(element)
      return {
        seen: outlineStyle !== 'none' && outlineWidth !== '0px',
        text: element.outerHTML.slice(0, 100),
        order: [...document.querySelectorAll('*')].indexOf(element),
      }
    }, String(step))
    if (at === 'again') break
    if (at === 'outside') continue
    reached.marks.push(String(step))
    if (!at.seen) reached.unseen.push(at.text)
    if (at.order < last) reached.backwards += 1
    last = at.order
  }
  return reached
}

async function menuKeys(page) {
  await open(page, server.address, 'menu', { state: 'ready' })
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  if (!(await calls(page)).includes('press_menu')) find('menu ready', 'Enter does not press an item')
}

function calls(page) {
  return page.evaluate(() => globalThis.casebridgeStage.calls.map(({ command }) => command))
}

/** Nothing scrolls sideways, at the window's own width or at 320 pixels. */
async function reflow() {
  const page = await browser.newPage({ reducedMotion: 'reduce' })
  for (const { window, width, height, entry, where } of states) {
    for (const [name, size] of [
      ['its own width', { width, height: Math.max(height, 480) }],
      ['320 pixels', { width: Math.min(width, 320), height: 512 }],
    ]) {
      await page.setViewportSize(size)
      await open(page, server.address, window, entry)
      const wide = await page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll('main, nav, footer, section')]
          .filter((element) => element.scrollWidth > element.clientWidth + 1)
          .map((element) => `${element.localName} ${element.scrollWidth} in ${element.clientWidth}`),
      )
      for (const element of wide) find(where, `scrolls sideways at ${name}: ${element}`)
    }
  }
  await page.close()
  say(`reflow: ${states.length} states at 2 widths`)
}

/** S8: hostile texts in every field make no request, no dialog, no element, and are read as they are. */
async function hostileTexts() {
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  // As in the app, which freezes the prototypes of its windows.
  await context.addInitScript(() => Object.freeze(Object.prototype))
  const page = await context.newPage()
  const foreign = []
  page.on('dialog', (dialog) => {
    foreign.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('popup', (popup) => foreign.push(`window ${popup.url()}`))
  page.on('console', (message) => {
    if (/Content.Security.Policy|Refused/i.test(message.text())) foreign.push(message.text())
  })
  page.on('pageerror', (error) => foreign.push(`error ${error.message}`))
  context.on('request', (request) => {
    const { origin, pathname } = new URL(request.url())
    const own = origin === server.address && /^\/(\w+\.html|assets\/[\w.-]+)$/.test(pathname)
    if (!own) foreign.push(`request ${request.url()}`)
  })

  let shown = 0
  for (const { window, width, entry, where } of states) {
    if (entry.view === null) continue
    await page.setViewportSize({ width, height: 900 })
    await page.goto('about:blank')
    await page.goto(pageOf(server.address, window, entry))
    await page.waitForFunction(() => globalThis.casebridgeStage && document.querySelector('main'))
    const result = await page.evaluate(readAsText, entry.view)
    shown += result.shown
    for (const difference of result.differences) find(`s8 ${where}`, difference)
    for (const event of foreign.splice(0)) find(`s8 ${where}`, event)
  }
  await context.close()
  say(`s8: ${shown} hostile texts shown`)
}

/** Runs in the page: compares what each text makes of it with what a harmless one makes. */
async function readAsText(view) {
  const { nasty, withText, change } = globalThis.casebridgeStage
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  // Buttons are fresh for a moment, whatever the text.
  const attributes = (element) => element.getAttributeNames().filter((name) => name !== 'data-fresh')
  const shape = () =>
    [...document.querySelectorAll('body *')]
      .map((element) => [element.localName, ...attributes(element).sort()].join(' '))
      .join('\n')
  const HARMLESS = 'Harmless'
  const read = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const texts = []
    while (walker.nextNode()) texts.push(walker.currentNode.data)
    const values = [...document.querySelectorAll('input, textarea')].map(({ value }) => value)
    return [...texts, ...values]
  }

  change(withText(view, HARMLESS))
  await frame()
  const [plain, plainTexts] = [shape(), read()]
  const differences = []
  let shown = 0
  for (const text of nasty) {
    change(withText(view, text))
    await frame()
    const texts = read()
    if (shape() !== plain) differences.push(`another page with ${JSON.stringify(text)}`)
    plainTexts.forEach((harmless, index) => {
      if (!harmless.includes(HARMLESS)) return
      shown += 1
      // One-line fields drop line breaks; that is the only change a text may undergo.
      const oneLine = text.replace(/[\r\n]/g, '')
      const expected = [text, oneLine].map((wanted) => harmless.replaceAll(HARMLESS, () => wanted))
      if (!expected.includes(texts[index])) {
        differences.push(`${JSON.stringify(text)} is read as ${JSON.stringify(texts[index])}`)
      }
    })
  }
  return { shown, differences }
}
