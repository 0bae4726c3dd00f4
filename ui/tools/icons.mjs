// Draws icons/ from the SVG sources in icons/source: the app's icon in each system's format and the
// tray icons. A tray icon named `-light` is for a light panel, so its lines are dark.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { launch, ui } from './stage.mjs'

const icons = join(ui, '..', 'icons')
const INK = { light: '#1e2323', dark: '#ffffff' }
const STATES = ['ready', 'working', 'attention', 'signed-out']

const browser = await launch()
const page = await browser.newPage()
mkdirSync(join(icons, 'tray'), { recursive: true })

const app = source('app')
const png = {}
for (const size of [16, 32, 48, 64, 128, 256, 512, 1024]) png[size] = await draw(app, size)
for (const [name, size] of [['32x32', 32], ['64x64', 64], ['128x128', 128], ['128x128@2x', 256], ['icon', 512]]) {
  writeFileSync(join(icons, `${name}.png`), png[size].file)
}
writeFileSync(join(icons, 'icon.ico'), ico([16, 32, 48, 64, 256]))
writeFileSync(join(icons, 'icon.icns'), icns({ ic11: 32, ic12: 64, ic07: 128, ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 }))

for (const state of STATES) {
  for (const [panel, ink] of Object.entries(INK)) {
    const svg = source(`tray-${state}`).replaceAll('currentColor', ink)
    writeFileSync(join(icons, 'tray', `${state}-${panel}.png`), (await draw(svg, 32)).file)
    writeFileSync(join(icons, 'tray', `${state}-${panel}@2x.png`), (await draw(svg, 64)).file)
  }
}
await browser.close()

function source(name) {
  return readFileSync(join(icons, 'source', `${name}.svg`), 'utf8')
}

/** A picture as a PNG file and as RGBA. */
async function draw(svg, size) {
  const drawn = await page.evaluate(
    async ([text, side]) => {
      const image = new Image(side, side)
      image.src = `data:image/svg+xml;base64,${btoa(text)}`
      await image.decode()
      const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side })
      const context = canvas.getContext('2d')
      context.drawImage(image, 0, 0, side, side)
      return {
        file: canvas.toDataURL('image/png').split(',')[1],
        pixels: [...context.getImageData(0, 0, side, side).data],
      }
    },
    [svg.replace('<svg ', `<svg width="${size}" height="${size}" `), size],
  )
  return { file: Buffer.from(drawn.file, 'base64'), pixels: Buffer.from(drawn.pixels) }
}

/** Windows: bitmaps for the small sizes, PNG for the large one. */
function ico(sizes) {
  const images = sizes.map((size) => (size >= 256 ? png[size].file : bitmap(size)))
  const head = Buffer.alloc(6 + 16 * sizes.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(sizes.length, 4)
  let offset = head.length
  images.forEach((image, index) => {
    const at = 6 + 16 * index
    head.writeUInt8(sizes[index] % 256, at)
    head.writeUInt8(sizes[index] % 256, at + 1)
    head.writeUInt16LE(1, at + 4)
    head.writeUInt16LE(32, at + 6)
    head.writeUInt32LE(image.length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += image.length
  })
  return Buffer.concat([head, ...images])
}

/** A bottom-up BGRA bitmap with an empty mask, as icons hold it. */
function bitmap(size) {
  const head = Buffer.alloc(40)
  head.writeUInt32LE(40, 0)
  head.writeInt32LE(size, 4)
  head.writeInt32LE(size * 2, 8)
  head.writeUInt16LE(1, 12)
  head.writeUInt16LE(32, 14)
  const rows = Buffer.alloc(size * size * 4)
  const { pixels } = png[size]
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const from = (y * size + x) * 4
      const to = ((size - 1 - y) * size + x) * 4
      rows[to] = pixels[from + 2]
      rows[to + 1] = pixels[from + 1]
      rows[to + 2] = pixels[from]
      rows[to + 3] = pixels[from + 3]
    }
  }
  const maskRow = Math.ceil(size / 32) * 4
  return Buffer.concat([head, rows, Buffer.alloc(maskRow * size)])
}

/** macOS: each PNG under the name of its size. */
function icns(entries) {
  const parts = Object.entries(entries).map(([name, size]) => {
    const head = Buffer.alloc(8)
    head.write(name, 0, 'ascii')
    head.writeUInt32BE(png[size].file.length + 8, 4)
    return Buffer.concat([head, png[size].file])
  })
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(8)
  head.write('icns', 0, 'ascii')
  head.writeUInt32BE(body.length + 8, 4)
  return Buffer.concat([head, body])
}
