import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, it, vi } from 'vitest'
import { caseFixtures } from '../src/fixtures/case'
import type { CaseView } from '../src/ipc/generated/ipc'
import CaseWindow from '../src/windows/case/CaseWindow.svelte'
import { failure, FakeHost, settle } from './support'

const fixture = (name: string): CaseView => {
  const view = caseFixtures[name]
  if (!view) throw new Error(`no fixture ${name}`)
  return view
}

async function show(name: string, change: Partial<CaseView> = {}): Promise<FakeHost> {
  const host = new FakeHost({ ...fixture(name), ...change })
  render(CaseWindow, { host })
  await waitFor(() => expect(screen.getByRole('main').textContent.trim()).not.toBe(''))
  await Promise.resolve()
  return host
}

const button = (name: string | RegExp) => screen.findByRole('button', { name })
const newKey = () => screen.findByTitle('Create a new session key')
const filled = () => document.querySelectorAll('button.filled')

describe('the case window', () => {
  it('shows case, key, countdown, code and e-mail', async () => {
    await show('typical')
    await screen.findByRole('heading', { name: 'Laptop loses the VPN after each sleep' })
    for (const text of ['Case 00001026', 'Working', 'Northwind Traders', '471 8203']) {
      expect(screen.getByText(text)).toBeTruthy()
    }
    expect(screen.getByRole('timer').textContent).toMatch(/Expires in\s*59:\d\d/)
    const code = screen.getByRole('img', { name: /QR code/ })
    expect(code.querySelector('path')?.getAttribute('d')).toMatch(/^M4 4h7/)
    expect(screen.getByText('maria.jensen@northwind.example')).toBeTruthy()
  })

  it.each(Object.keys(caseFixtures).filter((name) => caseFixtures[name]))(
    'has at most one filled button in the state %s',
    async (name) => {
      await show(name)
      await waitFor(() => expect(document.querySelector('h1')).toBeTruthy())
      const none = ['loading', 'loading-key'].includes(name)
      await waitFor(() => expect(filled()).toHaveLength(none ? 0 : 1))
    },
  )

  it('copies key, address and message with the keys that it shows', async () => {
    const host = await show('typical')
    await button(/Copy Key/)
    for (const key of ['c', 'u', 'm']) await fireEvent.keyDown(window, { key, ctrlKey: true })
    await waitFor(() =>
      expect(host.forms('copy')).toEqual([{ what: 'key' }, { what: 'url' }, { what: 'message' }]),
    )
  })

  it('leaves Ctrl+C to the selection when there is one', async () => {
    const host = await show('typical')
    getSelection()?.selectAllChildren(await screen.findByText('471 8203'))
    await fireEvent.keyDown(window, { key: 'c', ctrlKey: true })
    getSelection()?.removeAllRanges()
    expect(host.forms('copy')).toEqual([])
  })

  it('says what was copied to a screen reader', async () => {
    await show('typical')
    await fireEvent.click(await button(/Copy Key/))
    await screen.findByText('Session key copied')
  })

  it('copies nothing once the key has expired', async () => {
    const host = await show('expired')
    await button('New key')
    await fireEvent.keyDown(window, { key: 'c', ctrlKey: true })
    expect(host.forms('copy')).toEqual([])
  })

  it('closes with Esc', async () => {
    const host = await show('typical')
    await fireEvent.keyDown(window, { key: 'Escape' })
    await waitFor(() => expect(host.forms('close_window')).toHaveLength(1))
  })

  it('sends with Enter, but not with an Enter that was meant for the window before', async () => {
    const host = await show('typical')
    await button('Send e-mail')
    await fireEvent.keyDown(document.body, { key: 'Enter' })
    expect(host.forms('send_email')).toEqual([])
    await settle()
    await fireEvent.keyDown(document.body, { key: 'Enter', repeat: true })
    expect(host.forms('send_email')).toEqual([])
    await fireEvent.keyDown(document.body, { key: 'Enter' })
    await waitFor(() => expect(host.forms('send_email')).toEqual([{ recipient: 'r1' }]))
  })

  it('sends to the recipient that was chosen', async () => {
    const host = await show('portals')
    await fireEvent.change(await screen.findByLabelText('To'), { target: { value: 'r2' } })
    await fireEvent.click(await button('Send e-mail'))
    await waitFor(() => expect(host.forms('send_email')).toEqual([{ recipient: 'r2' }]))
  })

  it('says handed to Salesforce, and never delivered or sent', async () => {
    await show('sent')
    await screen.findAllByText('Handed to Salesforce')
    expect(document.body.textContent).not.toMatch(/delivered|\bsent\b/i)
  })

  it('offers the message when nobody can be mailed', async () => {
    const host = await show('no-recipient')
    expect(screen.queryByRole('button', { name: 'Send e-mail' })).toBeNull()
    await fireEvent.click(await button('Copy message'))
    await waitFor(() => expect(host.forms('copy')).toEqual([{ what: 'message' }]))
  })

  it('makes a new key only when the button is pressed, with the portal that was chosen', async () => {
    const host = await show('portals')
    await fireEvent.change(await screen.findByLabelText('Portal'), { target: { value: 'Partners' } })
    expect(host.forms('generate_key')).toEqual([])
    await screen.findByText('Create a new key to use Partners.')
    await fireEvent.click(await newKey())
    await waitFor(() => expect(host.forms('generate_key')).toEqual([{ portal: 'Partners' }]))
  })

  it('counts down, warns near the end, and offers a new key afterwards', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-03-02T12:00:00Z') })
    const expiresAt = new Date(Date.now() + 302_000).toISOString()
    const view = fixture('typical')
    if (view.key.kind !== 'made') throw new Error('the fixture has a key')
    const host = new FakeHost({ ...view, key: { ...view.key, expiresAt } })
    render(CaseWindow, { host })
    await vi.advanceTimersByTimeAsync(0)
    expect(screen.getByRole('timer').textContent).toContain('5:02')
    await vi.advanceTimersByTimeAsync(3000)
    expect(screen.getByRole('timer').textContent).toMatch(/Expires soon:\s*4:59/)
    await vi.advanceTimersByTimeAsync(300_000)
    expect(screen.queryByRole('timer')).toBeNull()
    expect(screen.queryByText('471 8203')).toBeNull()
    expect(screen.getAllByRole('button', { name: 'New key' })).toHaveLength(1)
    expect(screen.queryByRole('button', { name: 'Send e-mail' })).toBeNull()
  })

  it('tells a screen reader once that the customer joined', async () => {
    const host = await show('typical')
    await screen.findByText('Waiting for the customer')
    host.change(fixture('joined'))
    await screen.findByText('Maria Jensen joined on NW-LT-0412')
    expect(screen.getByText('Maria Jensen joined')).toBeTruthy()
    expect(screen.getByText('on NW-LT-0412')).toBeTruthy()
  })

  it('s2: shows both names when somebody else joined, and what to do', async () => {
    const host = await show('joined-other')
    await screen.findByText('The session is with Tom Harbour. The case is for Maria Jensen.')
    await fireEvent.click(screen.getByRole('button', { name: 'Keep this case' }))
    await waitFor(() => expect(host.forms('agree_customer')).toHaveLength(1))
    await fireEvent.click(screen.getByRole('button', { name: 'Choose another case' }))
    await waitFor(() => expect(host.forms('retag_customer')).toHaveLength(1))
  })

  it('shows a failed key with its next step and tries again', async () => {
    const host = await show('key-failed')
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('You are not available in the representative console')
    expect(alert.textContent).toContain('Log in to the representative console')
    await fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(host.forms('generate_key')).toHaveLength(1))
  })

  it('shows what a command rejects with where it was started', async () => {
    const host = await show('typical')
    host.failing.set('generate_key', failure)
    await fireEvent.click(await newKey())
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain(failure.title)
    expect(alert.textContent).toContain(failure.nextStep)
    expect(alert.textContent).toContain(failure.reference)
  })

  it('looks a case up, and asks for one first when nothing was typed', async () => {
    const host = await show('ask')
    const field = await screen.findByRole('textbox')
    await fireEvent.click(await button('Find case'))
    await screen.findByText('Enter a case number such as 00001026.', { selector: '.problem' })
    expect(field.getAttribute('aria-invalid')).toBe('true')
    await fireEvent.input(field, { target: { value: ' 1026 ' } })
    await fireEvent.click(await button('Find case'))
    await waitFor(() => expect(host.forms('look_up_case')).toEqual([{ reference: '1026' }]))
  })

  it('opens a recent case and one that waits', async () => {
    const host = await show('ask-recent')
    await fireEvent.click(await button(/00001024/))
    await waitFor(() =>
      expect(host.forms('look_up_case')).toEqual([{ reference: '500WQ00000ABceEYAT' }]),
    )
    host.change(fixture('waiting'))
    await fireEvent.click(await button(/^Show 00001027/))
    await waitFor(() =>
      expect(host.forms('show_waiting_case')).toEqual([{ reference: '00001027' }]),
    )
  })

  it('recovers when the first view cannot be had', async () => {
    const host = new FakeHost(fixture('typical'))
    host.failing.set('case_view', failure)
    render(CaseWindow, { host })
    await screen.findByText(failure.title)
    host.failing.clear()
    await fireEvent.click(await button('Try again'))
    await screen.findByText('471 8203')
  })

  it('stops listening when it is closed', async () => {
    const host = new FakeHost(fixture('typical'))
    const { unmount } = render(CaseWindow, { host })
    await screen.findByText('471 8203')
    expect(host.listeners).toBe(1)
    unmount()
    expect(host.listeners).toBe(0)
  })
})
