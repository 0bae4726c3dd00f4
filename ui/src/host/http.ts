import type { Events } from '../ipc/commands'
import { asFailure } from './failure'
import type { Host } from './host'

/** Over HTTP: the same commands and events, for the tests of the real windows in a browser. */
export function httpHost(base = '.'): Host {
  let source: EventSource | undefined
  return {
    async invoke(command, ...form) {
      let answer: Response
      try {
        answer = await fetch(`${base}/invoke/${command}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(form[0] === undefined ? {} : { form: form[0] }),
        })
      } catch (error) {
        throw asFailure(error)
      }
      const text = await answer.text()
      const body: unknown = text === '' ? undefined : parse(text)
      if (!answer.ok) throw asFailure(body)
      return body as never
    },
    async listen(event, changed) {
      source ??= new EventSource(`${base}/events`)
      const opened = source
      const heard = (message: MessageEvent<string>) =>
        changed(JSON.parse(message.data) as Events[typeof event])
      opened.addEventListener(event, heard)
      if (opened.readyState === EventSource.CONNECTING) {
        await new Promise<void>((settled) => {
          opened.addEventListener('open', () => settled(), { once: true })
          opened.addEventListener('error', () => settled(), { once: true })
        })
      }
      return () => opened.removeEventListener(event, heard)
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
