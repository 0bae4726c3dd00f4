import { fireEvent, render, screen } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { fixtures } from '../src/fixtures'
import type { TagView } from '../src/ipc/generated/ipc'
import TagWindow from '../src/windows/tag/TagWindow.svelte'
import { FakeHost, failure, settle } from './support'

const view = (state: string) => structuredClone(fixtures.tag[state]) as TagView

async function shown(state: string): Promise<FakeHost> {
  const host = new FakeHost(view(state))
  render(TagWindow, { host })
  await screen.findByRole('heading', { name: 'Your running sessions' })
  return host
}

const button = (name: string | RegExp) => screen.getByRole('button', { name })

describe('the sessions', () => {
  it('are marked and unmarked by the app', async () => {
    const host = await shown('typical')
    await fireEvent.click(screen.getByLabelText(/Tom Harbour/))
    await fireEvent.click(screen.getByLabelText(/Maria Jensen/))
    expect(host.forms('select_session')).toEqual([
      { lsid: '2', selected: true },
      { lsid: '1', selected: false },
    ])
  })

  it('lead to the case that they carry', async () => {
    const host = await shown('typical')
    await fireEvent.click(button('Open case 00001024'))
    expect(host.forms('open_session_case')).toEqual([{ lsid: '2' }])
  })

  it('show a key that is no case as it was written', async () => {
    await shown('long')
    screen.getByText('a key that somebody typed by hand and that is very long')
    screen.getByText('Case 00001024')
  })

  it('say where a case is missing', async () => {
    await shown('choose')
    screen.getByText('No case')
  })

  it('that could not be asked for offer another try', async () => {
    const host = await shown('unknown')
    await fireEvent.click(button('Try again'))
    expect(host.forms('refresh_sessions')).toHaveLength(1)
  })

  it('that are out of date are marked as such', async () => {
    await shown('stale')
    screen.getByText('This list may be out of date')
    screen.getByLabelText(/Maria Jensen/)
  })
})

describe('the case', () => {
  it('is looked for by what was typed', async () => {
    const host = await shown('choose')
    const field = screen.getByLabelText('Case number, ID, link, or part of the subject')
    await fireEvent.input(field, { target: { value: 'printer' } })
    await fireEvent.click(button('Find case'))
    expect(host.forms('find_cases')).toEqual([{ text: 'printer' }])
  })

  it('is not looked for by nothing', async () => {
    const host = await shown('choose')
    await fireEvent.click(button('Find case'))
    expect(host.forms('find_cases')).toEqual([])
  })

  it('of a list is taken, and another can be chosen', async () => {
    const host = await shown('found')
    await fireEvent.click(button(/^00001024 ·/))
    expect(host.forms('choose_tag_case')).toEqual([{ reference: '500WQ00000ABceEYAT' }])
    host.change(view('typical'))
    await settle()
    await fireEvent.click(button('Other case'))
    expect(host.forms('choose_tag_case')).toContainEqual({ reference: '' })
  })

  it('gives its id and its number to be copied', async () => {
    const host = await shown('typical')
    await fireEvent.click(button(/^Copy case id/i))
    await fireEvent.click(button(/^Copy case number/i))
    expect(host.forms('copy')).toEqual([{ what: 'caseId' }, { what: 'caseNumber' }])
  })

  it('that came by a link meanwhile waits until it is asked for', async () => {
    const host = await shown('another')
    await fireEvent.click(button('Show'))
    expect(host.forms('show_waiting_tag')).toHaveLength(1)
  })
})

describe('the tag', () => {
  it('is asked for with one click, and never as confirmed', async () => {
    const host = await shown('several')
    await fireEvent.click(button('Tag 2 sessions'))
    expect(host.forms('tag_sessions')).toEqual([{ confirmed: false }])
  })

  it.each(['empty', 'choose', 'loading'])('is not offered while %s', async (state) => {
    await shown(state)
    expect(screen.queryByRole('button', { name: /^Tag/ })).toBeNull()
  })

  it('s2: shows what speaks against it, and Enter cancels', async () => {
    const host = await shown('confirming')
    screen.getByText('The session is with Tom Harbour. The case is for Maria Jensen.')
    screen.getByText('The case is closed.')
    expect(button('Cancel').classList).toContain('filled')
    expect(button('Tag anyway').classList).not.toContain('filled')
    await fireEvent.click(button('Cancel'))
    expect(host.forms('tag_sessions')).toEqual([])
    expect(host.forms('select_session')).toEqual([{ lsid: '2', selected: true }])
    await fireEvent.click(button('Tag anyway'))
    expect(host.forms('tag_sessions')).toEqual([{ confirmed: true }])
  })

  it('can be undone', async () => {
    const host = await shown('tagged')
    screen.getByText('Maria Jensen is on case 00001026')
    await fireEvent.click(button('Undo'))
    expect(host.forms('undo_tag')).toEqual([{ id: 1 }])
  })

  it('that failed says why beside its session', async () => {
    await shown('failed')
    screen.getByText('The session was not tagged')
    expect(button('Tag session')).toBeTruthy()
  })

  it('of an ended session is kept for the import', async () => {
    await shown('ended')
    button('Save case for import')
  })

  it('that the app refuses is told', async () => {
    const host = await shown('typical')
    host.failing.set('tag_sessions', failure)
    await fireEvent.click(button('Tag session'))
    await screen.findByText(failure.title)
  })
})
