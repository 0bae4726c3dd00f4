// @vitest-environment node
import { ESLint } from 'eslint'
import { parse, type AST } from 'svelte/compiler'
import { describe, expect, it } from 'vitest'

const components = import.meta.glob<string>('../src/**/*.svelte', {
  query: '?raw',
  import: 'default',
  eager: true,
})
const pages = import.meta.glob<string>('../*.html', { query: '?raw', import: 'default', eager: true })

const HEARD_OR_SEEN = ['aria-label', 'title', 'placeholder', 'alt', 'label', 'hint']

function literals(source: string): string[] {
  const found: string[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (typeof node !== 'object' || node === null) return
    const { type, name, value, data } = node as { type?: string; name?: string; value?: unknown; data?: string }
    if (type === 'Text' && /\p{L}/u.test(data ?? '')) found.push(data ?? '')
    if (type === 'Attribute') {
      if (HEARD_OR_SEEN.includes(name ?? '') && Array.isArray(value)) visit(value)
      return
    }
    for (const inner of Object.values(node)) visit(inner)
  }
  const root: AST.Root = parse(source, { modern: true })
  visit(root.fragment)
  return found
}

describe('the source', () => {
  it.each(Object.entries(components))('%s takes every text from the catalogue', (_path, source) => {
    expect(literals(source)).toEqual([])
  })

  it('moves without end only while a person waits', () => {
    const endless = Object.entries(components).filter(([, source]) => source.includes('infinite'))
    expect(endless.map(([path]) => path)).toEqual(['../src/components/Spinner.svelte'])
  })

  it.each(Object.entries(pages))('%s holds no script or style of its own', (_path, source) => {
    expect(source).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]*\ssrc=")|https?:/i)
  })
})

describe('s8_the_lint_refuses_whatever_parses_markup', () => {
  const eslint = new ESLint()
  const rules = async (code: string, filePath: string) =>
    (await eslint.lintText(code, { filePath })).flatMap(({ messages }) =>
      messages.map(({ ruleId }) => ruleId),
    )

  it.each([
    ['{@html text}', 'svelte/no-at-html-tags'],
    ['<p style="color: red">{text}</p>', 'svelte/no-inline-styles'],
  ])('s8_in_markup_%s', async (markup, rule) => {
    const code = `<script lang="ts">\n  let { text }: { text: string } = $props()\n</script>\n\n${markup}\n`
    expect(await rules(code, 'src/components/Example.svelte')).toContain(rule)
  })

  it.each([
    'element.innerHTML = text',
    "element['innerHTML'] = text",
    'element.outerHTML = text',
    "element.insertAdjacentHTML('beforeend', text)",
    'frame.srcdoc = text',
    'document.write(text)',
    'range.createContextualFragment(text)',
    'new DOMParser()',
    'eval(text)',
    "fetch('https://attacker.example')",
  ])('s8_in_code_%s', async (code) => {
    expect((await rules(code, 'src/state/example.ts')).length).toBeGreaterThan(0)
    const found = await rules(code, 'src/state/example.ts')
    expect(found.some((rule) => rule?.startsWith('no-restricted') || rule === 'no-eval')).toBe(true)
  })
})
