import { t } from '../../strings/en'

/** The units of a time, by their seconds. */
export const UNITS = { days: 86_400, hours: 3600, minutes: 60, seconds: 1 } as const
export type Unit = keyof typeof UNITS

const NAMES = Object.keys(UNITS) as Unit[]

/** A time span in the largest unit that fits without a rest. */
export function durationLabel(seconds: number): string {
  const { count, unit } = split(seconds)
  return t.settings.table.duration[unit](count)
}

/** A number of seconds as a count of the largest unit that leaves no rest. One day stays 24 hours. */
export function split(seconds: number): { count: number; unit: Unit } {
  const fits = (unit: Unit) =>
    seconds % UNITS[unit] === 0 && seconds >= UNITS[unit] * (unit === 'days' ? 2 : 1)
  const unit = NAMES.find(fits) ?? 'seconds'
  return { count: seconds / UNITS[unit], unit }
}

/** What is typed, in this unit, as a number of seconds; what is no number stays as it is. */
export function joined(typed: string, unit: Unit): string {
  const text = typed.trim()
  return /^\d{1,9}$/.test(text) ? String(Number(text) * UNITS[unit]) : text
}
