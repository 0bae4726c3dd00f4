import { render, waitFor } from '@testing-library/svelte'
import type { Component } from 'svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { fixtures, hashOf, type WindowName } from '../src/fixtures'
import { nasty, withText } from '../src/fixtures/nasty'
import type { Host } from '../src/host'
import ActivityWindow from '../src/windows/activity/ActivityWindow.svelte'
import CaseWindow from '../src/windows/case/CaseWindow.svelte'
import JumpWindow from '../src/windows/jump/JumpWindow.svelte'
import MenuWindow from '../src/windows/menu/MenuWindow.svelte'
import TagWindow from '../src/windows/tag/TagWindow.svelte'
import SettingsWindow from '../src/windows/settings/SettingsWindow.svelte'
import { FakeHost } from './support'

const windows: Record<WindowName, Component<{ host: Host }>> = {
  activity: ActivityWindow,
  case: CaseWindow,
  jump: JumpWindow,
  tag: TagWindow,
  settings: SettingsWindow,
  menu: MenuWindow,
}

const states = Object.entries(fixtures).flatMap(([window, views]) =>
  Object.entries(views)
    .filter(([, view]) => view !== null)
    .map(([state, view]) => ({ window: window as WindowName, state, view: view as object })),
)

/** The page without its texts: what remains must not depend on them. */
async function shapeOf(window: WindowName, state: string, view: object): Promise<string[]> {
  location.hash = hashOf(window, state)
  const { container, unmount } = render(windows[window], { host: new FakeHost(view) })
  await waitFor(() => expect(container.querySelector('main:not([aria-busy])')).toBeTruthy())
  await new Promise((done) => setTimeout(done))
  const elements = [...container.querySelectorAll('*')]
  const shape = elements.map((element) =>
    [element.localName, ...element.getAttributeNames().sort()].join(' '),
  )
  expect(document.querySelectorAll('script, iframe, object, embed, base, meta')).toHaveLength(0)
  for (const element of elements) {
    for (const { name, value } of element.attributes) {
      expect(name).not.toMatch(/^on|^style$|^srcdoc$/)
      if (name === 'href' || name === 'src') expect(value).not.toMatch(/^javascript:/i)
    }
  }
  unmount()
  return shape
}

beforeEach(() => {
  location.hash = ''
})

describe('s8_text_of_customers_is_shown_as_text', () => {
  it.each(states)('s8_$window_$state_keeps_its_shape', async ({ window, state, view }) => {
    const harmless = await shapeOf(window, state, withText(view, 'Harmless text'))
    for (const text of nasty) {
      expect(await shapeOf(window, state, withText(view, text)), text).toEqual(harmless)
    }
  })

  it('s8_every_text_of_the_case_window_arrives_letter_by_letter', async () => {
    for (const text of nasty) {
      const view = withText(fixtures.case['portals'] as object, text)
      const { container, unmount } = render(CaseWindow, { host: new FakeHost(view) })
      await waitFor(() => expect(container.querySelector('h1')?.textContent).toBe(text))
      expect(container.querySelector('.body')?.textContent).toBe(text)
      expect(container.querySelector('.subject')?.textContent).toBe(text)
      expect([...container.querySelectorAll('dd')].filter((dd) => dd.textContent === text).length).toBeGreaterThan(2)
      unmount()
    }
  })

  it('s8_the_name_of_a_customer_who_joined_is_text', async () => {
    for (const text of nasty) {
      const view = withText(fixtures.case['joined'] as object, text)
      const { container, unmount } = render(CaseWindow, { host: new FakeHost(view) })
      await waitFor(() =>
        expect(container.querySelector('.bar-title')?.textContent).toBe(`${text} joined`),
      )
      unmount()
    }
  })
})
