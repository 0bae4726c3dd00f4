import { fireEvent, render, screen } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { fixtures } from '../src/fixtures'
import type { ActivityView } from '../src/ipc/generated/ipc'
import ActivityWindow from '../src/windows/activity/ActivityWindow.svelte'
import { FakeHost, failure } from './support'

const view = (state: string) => structuredClone(fixtures.activity[state]) as ActivityView

async function shown(state: string): Promise<FakeHost> {
  const host = new FakeHost(view(state))
  render(ActivityWindow, { host })
  await screen.findByRole('heading', { name: 'Done' })
  return host
}

const button = (name: string | RegExp) => screen.getByRole('button', { name })

describe('what waits', () => {
  it('is tried again at once', async () => {
    const host = await shown('attention')
    await fireEvent.click(button('Retry now: Import session: Maria Jensen'))
    expect(host.forms('retry_item')).toEqual([{ id: 1 }])
  })

  it('is given up only after a question', async () => {
    const host = await shown('attention')
    await fireEvent.click(button('Discard…: tom@harbour.example'))
    expect(host.forms('discard_item')).toEqual([])
    screen.getByText('Discard this? It will not be written to Salesforce.')
    await fireEvent.click(button('Keep'))
    await fireEvent.click(button('Discard…: tom@harbour.example'))
    await fireEvent.click(button('Discard'))
    expect(host.forms('discard_item')).toEqual([{ id: 2 }])
  })

  it('says why, and when it is tried again', async () => {
    await shown('attention')
    screen.getByText(/FIELD_CUSTOM_VALIDATION_EXCEPTION/)
    screen.getByText(/^The site can't be reached\. Next attempt /)
    screen.getByText('Waiting for the session to end')
  })

  it('s2: asks whether a doubtful session belongs to its case', async () => {
    const host = await shown('doubtful')
    screen.getByText('The session was with Tom Harbour. Case 00001026 is for Maria Jensen.')
    expect(screen.queryByRole('button', { name: /Retry now/ })).toBeNull()
    await fireEvent.click(button('Import anyway'))
    expect(host.forms('agree_item')).toEqual([{ id: 1 }])
    await fireEvent.click(button('Choose another case'))
    expect(host.forms('choose_item_case')).toEqual([{ id: 1 }])
  })

  it('of another sign-in can only be discarded', async () => {
    const host = await shown('other-sign-in')
    screen.getByText('It belongs to ben@northwind.example.')
    expect(screen.queryByRole('button', { name: /Retry now/ })).toBeNull()
    await fireEvent.click(button(/^Discard/))
    await fireEvent.click(button('Discard'))
    expect(host.forms('discard_item')).toEqual([{ id: 1 }])
  })

  it('has no buttons while all is well', async () => {
    await shown('waiting')
    expect(screen.queryByRole('button', { name: /Retry now/ })).toBeNull()
  })

  it('keeps the question while a new view comes', async () => {
    const host = await shown('attention')
    await fireEvent.click(button('Discard…: tom@harbour.example'))
    host.change(view('attention'))
    await screen.findByText('Discard this? It will not be written to Salesforce.')
  })

  it('shows what could not be changed', async () => {
    const host = await shown('attention')
    host.failing.set('retry_item', failure)
    await fireEvent.click(button('Retry now: Import session: Maria Jensen'))
    await screen.findByText('support.example.com did not answer.')
  })
})

describe('what holds everything up', () => {
  it('leads to the sign-in where that is missing', async () => {
    const host = await shown('signed-out')
    await fireEvent.click(button('Sign in'))
    expect(host.forms('open_sign_in')).toHaveLength(1)
  })

  it('has no button where only time helps', async () => {
    await shown('limit-used-up')
    screen.getByText("The org's API limit is used up")
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
  })
})

describe('what is done', () => {
  it('leads to its case', async () => {
    const host = await shown('typical')
    const [first] = screen.getAllByRole('button', { name: '00001026: open the case' })
    await fireEvent.click(first as HTMLElement)
    expect(host.forms('open_item_case')).toEqual([{ id: 10 }])
  })

  it('says what will be here while there is nothing', async () => {
    await shown('empty')
    screen.getByText(/imported sessions appear here/)
  })
})
