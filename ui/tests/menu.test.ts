import { fireEvent, render, screen, waitFor } from '@testing-library/svelte'
import { expect, it } from 'vitest'
import { menuFixtures } from '../src/fixtures/menu'
import MenuWindow from '../src/windows/menu/MenuWindow.svelte'
import { FakeHost } from './support'

async function show(name: string): Promise<FakeHost> {
  const host = new FakeHost(menuFixtures[name] ?? {})
  render(MenuWindow, { host })
  await screen.findByRole('menu')
  return host
}

it('starts on the first item that can be pressed', async () => {
  await show('signed-out')
  await waitFor(() => expect(document.activeElement?.textContent).toContain('Sign in…'))
})

it('moves with the arrows and by letter', async () => {
  await show('ready')
  const menu = screen.getByRole('menu')
  const focused = () => document.activeElement?.textContent.trim()
  await waitFor(() => expect(focused()).toBe('Session key for a case…'))
  await fireEvent.keyDown(menu, { key: 'ArrowUp' })
  expect(focused()).toBe('Quit Casebridge')
  await fireEvent.keyDown(menu, { key: 'ArrowDown' })
  expect(focused()).toBe('Session key for a case…')
  await fireEvent.keyDown(menu, { key: 's' })
  expect(focused()).toBe('Settings…')
})

it('presses an item, and none that cannot be pressed', async () => {
  const host = await show('ready')
  await fireEvent.click(screen.getByRole('menuitem', { name: 'Recent cases' }))
  await fireEvent.click(screen.getByRole('menuitem', { name: 'Settings…' }))
  await waitFor(() => expect(host.forms('press_menu')).toEqual([{ id: 'settings' }]))
})

it('closes with Esc', async () => {
  const host = await show('ready')
  await fireEvent.keyDown(window, { key: 'Escape' })
  await waitFor(() => expect(host.forms('close_window')).toHaveLength(1))
})
