import { fireEvent, render, screen, waitFor } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { fixtures } from '../src/fixtures'
import type { JumpMethodView, JumpView } from '../src/ipc/generated/ipc'
import JumpWindow from '../src/windows/jump/JumpWindow.svelte'
import { FakeHost, failure, settle } from './support'

const view = (state: string) => structuredClone(fixtures.jump[state]) as JumpView

async function shown(state: string, more: Partial<JumpView> = {}): Promise<FakeHost> {
  const host = new FakeHost({ ...view(state), ...more })
  render(JumpWindow, { host })
  await screen.findByRole('heading', { name: 'Favourites and recent' })
  return host
}

const startButton = () => screen.getByRole('button', { name: /^Start/ })

describe('the form', () => {
  it.each([
    ['push-local', ['Computer']],
    ['push-remote', ['Computer', 'Jumpoint']],
    ['vnc', ['Computer', 'Jumpoint']],
    ['vpro', ['Computer', 'Jumpoint']],
    ['rdp', ['Computer', 'Jumpoint', 'User name', 'Display size', 'Quality', 'Console session']],
    ['shell', ['Computer', 'Jumpoint', 'User name', 'Protocol', 'Port', 'Terminal']],
  ])('of %s shows what the method takes and no more', async (state, labels) => {
    await shown(state)
    const fields = [...document.querySelectorAll('.fields label')].map((label) => label.textContent)
    expect(fields).toEqual(labels)
  })

  it('sends the fields that have a text', async () => {
    const host = await shown('rdp')
    await fireEvent.input(screen.getByLabelText('User name'), { target: { value: '  ' } })
    await fireEvent.click(startButton())
    expect(host.forms('start_jump')).toEqual([
      {
        form: {
          method: 'rdp',
          values: {
            target: 'DC-01',
            jumpoint: 'Head Office',
            display_size: '1920x1080',
            quality: 'performance',
            console: 'yes',
          },
        },
        console: 'desktop',
      },
    ])
  })

  it('asks for what the method needs and sends nothing', async () => {
    const host = await shown('vpro')
    await fireEvent.input(screen.getByLabelText('Jumpoint'), { target: { value: '' } })
    await fireEvent.click(startButton())
    await screen.findByText('vPro needs a Jumpoint.')
    expect(document.activeElement).toBe(screen.getByLabelText('Jumpoint'))
    expect(host.forms('start_jump')).toEqual([])
  })

  it('takes over where the jump goes when another method is chosen', async () => {
    await shown('push-local')
    await fireEvent.click(screen.getByLabelText('RDP'))
    expect(screen.getByLabelText<HTMLInputElement>('Computer').value).toBe('NW-LT-0412')
    await fireEvent.click(screen.getByLabelText('Jump Item'))
    expect(screen.getByLabelText<HTMLInputElement>('Search').value).toBe('NW-LT-0412')
  })

  it('takes what was last used with a method, but not where that went', async () => {
    const last = view('push-local')
    const rdp = last.methods.find(({ method }) => method === 'rdp')
    if (rdp) rdp.last = { method: 'rdp', values: { jumpoint: 'Branch 7', username: 'ada' } }
    render(JumpWindow, { host: new FakeHost(last) })
    await fireEvent.click(await screen.findByLabelText('RDP'))
    expect(screen.getByLabelText<HTMLInputElement>('Jumpoint').value).toBe('Branch 7')
    expect(screen.getByLabelText<HTMLInputElement>('Computer').value).toBe('NW-LT-0412')
  })

  it('is filled by a jump of before', async () => {
    const host = await shown('item')
    await fireEvent.click(screen.getByText('SW-CORE'))
    expect(screen.getByLabelText<HTMLInputElement>('Computer').value).toBe('SW-CORE')
    expect(screen.getByLabelText<HTMLInputElement>('Shell').checked).toBe(true)
    expect(host.forms('start_jump')).toEqual([])
  })

  it('offers Jumpoints of before and computers of the case', async () => {
    await shown('push-remote')
    await fireEvent.click(screen.getByRole('button', { name: 'Data Centre' }))
    expect(screen.getByLabelText<HTMLInputElement>('Jumpoint').value).toBe('Data Centre')
  })

  it('begins anew with another proposal and stays with the same one', async () => {
    const host = await shown('push-local')
    const typed = { target: { value: 'PC-9' } }
    await fireEvent.input(screen.getByLabelText('Computer'), typed)
    host.change({ ...view('push-local'), recent: [] })
    expect(screen.getByLabelText<HTMLInputElement>('Computer').value).toBe('PC-9')
    host.change({ ...view('rdp'), proposal: 2 })
    await waitFor(() =>
      expect(screen.getByLabelText<HTMLInputElement>('Computer').value).toBe('DC-01'),
    )
  })
})

describe('the keyboard', () => {
  it('starts with Enter in a field, once the form has settled', async () => {
    const host = await shown('push-local')
    const field = screen.getByLabelText('Computer')
    await fireEvent.keyDown(field, { key: 'Enter' })
    expect(host.forms('start_jump')).toEqual([])
    await settle()
    await fireEvent.keyDown(field, { key: 'Enter' })
    expect(host.forms('start_jump')).toHaveLength(1)
  })

  it('closes with Escape', async () => {
    const host = await shown('push-local')
    await fireEvent.keyDown(document.body, { key: 'Escape' })
    expect(host.forms('close_window')).toHaveLength(1)
  })

  it('is where the person types first', async () => {
    await shown('push-local')
    expect(document.activeElement).toBe(screen.getByLabelText('Computer'))
  })
})

describe('the console', () => {
  it('is offered with a notice where the web console may not do it', async () => {
    const host = await shown('web')
    expect(screen.queryByText(/may not support/)).toBeNull()
    await fireEvent.click(screen.getByLabelText('RDP'))
    expect(screen.getByText(/may not support this jump/)).toBeTruthy()
    await fireEvent.click(startButton())
    expect(host.forms('start_jump')).toMatchObject([{ console: 'web' }])
  })

  it('is the one on this computer where the administrator turned the other off', async () => {
    const off = (one: JumpMethodView) => (one.method === 'rdp' ? { ...one, web: 'off' as const } : one)
    const host = await shown('web', { methods: view('web').methods.map(off) })
    expect(screen.getByText(/logs you out/)).toBeTruthy()
    await fireEvent.click(screen.getByLabelText('RDP'))
    expect(screen.queryByText(/logs you out/)).toBeNull()
    await fireEvent.click(startButton())
    expect(host.forms('start_jump')).toMatchObject([{ console: 'desktop' }])
  })

  it('is not asked while the case is being read', async () => {
    const host = await shown('loading')
    await fireEvent.click(startButton())
    expect(host.forms('start_jump')).toEqual([])
  })
})

describe('jumps of before', () => {
  it('are kept and forgotten by their buttons', async () => {
    const host = await shown('item')
    await fireEvent.click(screen.getByRole('button', { name: 'Favourite: NW-LT-0412' }))
    await fireEvent.click(screen.getByRole('button', { name: 'Remove SW-CORE' }))
    expect(host.forms('pin_jump')).toEqual([{ id: 3, pinned: true }])
    expect(host.forms('forget_jump')).toEqual([{ id: 4 }])
  })

  it('that fit what is typed come first', async () => {
    await shown('item')
    await fireEvent.input(screen.getByLabelText('Search'), { target: { value: 'core' } })
    expect(document.querySelector('.entry .title')?.textContent).toBe('SW-CORE')
    expect(document.querySelectorAll('.entry')).toHaveLength(4)
  })
})

describe('the case', () => {
  it('is put on the jump by what is typed', async () => {
    const host = await shown('empty')
    await fireEvent.input(screen.getByRole('textbox', { name: 'Case' }), { target: { value: '1026' } })
    await fireEvent.click(screen.getByRole('button', { name: 'Find case' }))
    expect(host.forms('choose_jump_case')).toEqual([{ reference: '1026' }])
  })

  it('can be changed or taken off', async () => {
    const host = await shown('item')
    await fireEvent.click(screen.getByRole('button', { name: 'Change' }))
    await fireEvent.click(screen.getByRole('button', { name: 'No case' }))
    expect(host.forms('choose_jump_case')).toEqual([{ reference: '' }])
  })

  it('says beside the form what was wrong with a start', async () => {
    const host = await shown('item')
    host.failing.set('start_jump', failure)
    await fireEvent.input(screen.getByLabelText('Search'), { target: { value: 'till' } })
    await fireEvent.click(startButton())
    await screen.findByText(failure.title)
  })
})

describe('every state', () => {
  it.each(Object.keys(fixtures.jump).filter((state) => fixtures.jump[state] !== null))(
    'of the jump window has one filled button: %s',
    async (state) => {
      const host = await shown(state)
      const none = host.view && (host.view as JumpView).state.kind === 'waiting'
      expect(document.querySelectorAll('.button.filled')).toHaveLength(none ? 0 : 1)
    },
  )
})
