import { cleanup } from '@testing-library/svelte'
import { afterEach, vi } from 'vitest'

// jsdom lays nothing out.
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  },
)

if ('Element' in globalThis) Element.prototype.scrollIntoView = () => undefined

afterEach(() => {
  cleanup()
  vi.useRealTimers()
})
