import { onDestroy } from 'svelte'

/** The time, ticking on each whole second while a component shows it. */
export class Clock {
  now = $state(Date.now())
  #timer: ReturnType<typeof setTimeout>

  constructor() {
    const tick = () => {
      this.now = Date.now()
      this.#timer = setTimeout(tick, 1000 - (this.now % 1000))
    }
    this.#timer = setTimeout(tick, 1000 - (this.now % 1000))
    onDestroy(() => clearTimeout(this.#timer))
  }
}

/** Whole seconds until `moment`, never below zero. */
export function secondsUntil(moment: string, now: number): number {
  const end = Date.parse(moment)
  return Number.isNaN(end) ? 0 : Math.max(0, Math.ceil((end - now) / 1000))
}

/** `59:12`, `1:59:12`, or `6 d 23 h` for days. */
export function countdown(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, '0')
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24]
  const [minutes, rest] = [Math.floor(seconds / 60) % 60, seconds % 60]
  if (days > 0) return `${days} d ${hours} h`
  if (hours > 0) return `${hours}:${two(minutes)}:${two(rest)}`
  return `${minutes}:${two(rest)}`
}
