import { clearMocks, mockIPC } from '@tauri-apps/api/mocks'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { httpHost } from '../src/host/http'
import { tauriHost } from '../src/host/tauri'
import { failure } from './support'

describe('the desktop host', () => {
  afterEach(() => clearMocks())

  it('passes a form as the argument `form`', async () => {
    const seen: unknown[] = []
    mockIPC((command, args) => void seen.push([command, args]))
    await tauriHost.invoke('copy', { what: 'key' })
    await tauriHost.invoke('retry')
    expect(seen).toEqual([
      ['copy', { form: { what: 'key' } }],
      ['retry', {}],
    ])
  })

  it('hands on the failure of a command, and never a raw error', async () => {
    mockIPC((command) => {
      throw command === 'retry' ? failure : 'copy not allowed on window "case"'
    })
    await expect(tauriHost.invoke('retry')).rejects.toEqual(failure)
    await expect(tauriHost.invoke('copy', { what: 'key' })).rejects.toMatchObject({
      code: 'internal',
      detail: '',
    })
  })
})

describe('the HTTP host', () => {
  const answer = (body: string, status = 200) =>
    vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(body, { status }))))
  afterEach(() => vi.unstubAllGlobals())

  it('posts the form and reads the answer', async () => {
    answer('{"stage":"ask"}')
    expect(await httpHost().invoke('case_view')).toEqual({ stage: 'ask' })
    expect(fetch).toHaveBeenCalledWith('./invoke/case_view', expect.objectContaining({ method: 'POST', body: '{}' }))
    answer('')
    expect(await httpHost().invoke('retry')).toBeUndefined()
  })

  it('rejects with the failure, whatever comes', async () => {
    answer(JSON.stringify(failure), 500)
    await expect(httpHost().invoke('retry')).rejects.toEqual(failure)
    answer('<html>', 502)
    await expect(httpHost().invoke('retry')).rejects.toMatchObject({ code: 'internal' })
    vi.stubGlobal('fetch', vi.fn(() => Promise.reject(new TypeError('refused'))))
    await expect(httpHost().invoke('retry')).rejects.toMatchObject({ code: 'internal' })
  })
})
