import { mount, type Component } from 'svelte'
import { connect, type Host } from '../host'
import '../styles/tokens.css'
import '../styles/base.css'
import '../styles/bar.css'

/** Connects to the app and puts the window's component into the page. */
export async function openWindow(window: Component<{ host: Host }>): Promise<void> {
  const target = document.getElementById('window')
  if (!target) throw new Error('the page has no place for the window')
  mount(window, { target, props: { host: await connect() } })
}
