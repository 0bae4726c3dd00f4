// Draws icons/ from the SVG sources in icons/source: the app's icon in each system's format, by Tauri's
// own command, and the tray icons. A tray icon named `-light` is for a light panel, so its lines are dark.

import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch, ui } from './stage.mjs'

const icons = join(ui, '..', 'icons')
const INK = { light: '#1e2323', dark: '#ffffff' }
const STATES = ['ready', 'working', 'attention', 'signed-out']

/** Of what the command draws, what the bundles name; the rest is for stores and phones. */
const APP = ['32x32.png', '64x64.png', '128x128.png', '128x128@2x.png', 'icon.png', 'icon.icns', 'icon.ico']

const drawn = mkdtempSync(join(tmpdir(), 'icons-'))
execFileSync(join(ui, 'node_modules', '.bin', 'tauri'), ['icon', join(icons, 'source', 'app.svg'), '-o', drawn], {
  stdio: 'ignore',
})
for (const name of APP) copyFileSync(join(drawn, name), join(icons, name))
rmSync(drawn, { recursive: true })

const browser = await launch()
const page = await browser.newPage()
mkdirSync(join(icons, 'tray'), { recursive: true })

for (const state of STATES) {
  for (const [panel, ink] of Object.entries(INK)) {
    const svg = source(`tray-${state}`).replaceAll('currentColor', ink)
    writeFileSync(join(icons, 'tray', `${state}-${panel}.png`), await draw(svg, 32))
    writeFileSync(join(icons, 'tray', `${state}-${panel}@2x.png`), await draw(svg, 64))
  }
}
await browser.close()

function source(name) {
  return readFileSync(join(icons, 'source', `${name}.svg`), 'utf8')
}

/** A picture as a PNG file. */
async function draw(svg, size) {
  const drawn = await page.evaluate(
    async ([text, side]) => {
      const image = new Image(side, side)
      image.src = `data:image/svg+xml;base64,${btoa(text)}`
      await image.decode()
      const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side })
      canvas.getContext('2d').drawImage(image, 0, 0, side, side)
      return canvas.toDataURL('image/png').split(',')[1]
    },
    [svg.replace('<svg ', `<svg width="${size}" height="${size}" `), size],
  )
  return Buffer.from(drawn, 'base64')
}
