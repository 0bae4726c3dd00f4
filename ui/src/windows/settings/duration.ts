import { t } from '../../strings/en'

const OFFERED = [900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 604_800]

/** A time span in the largest unit that fits without a rest. */
export function durationLabel(seconds: number): string {
  const { seconds: s, minutes, hours, days } = t.settings.preferences.duration
  if (seconds >= 172_800 && seconds % 86_400 === 0) return days(seconds / 86_400)
  if (seconds >= 3600 && seconds % 3600 === 0) return hours(seconds / 3600)
  if (seconds >= 60 && seconds % 60 === 0) return minutes(seconds / 60)
  return s(seconds)
}

/** The usual spans, and the one in force when it is another. */
export function durationOptions(current: string): { value: string; label: string }[] {
  const now = Number(current)
  const known = Number.isInteger(now) && now > 0
  const all = known && !OFFERED.includes(now) ? [...OFFERED, now].sort((a, b) => a - b) : OFFERED
  return all.map((seconds) => ({ value: String(seconds), label: durationLabel(seconds) }))
}
