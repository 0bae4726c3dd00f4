import { describe, expect, it } from 'vitest'
import { caseFixtures } from '../src/fixtures/case'
import type { CaseView } from '../src/ipc/generated/ipc'
import { countdown, secondsUntil } from '../src/state/clock.svelte'
import { Draft } from '../src/state/draft.svelte'
import { LiveView } from '../src/state/view.svelte'
import { primaryOf } from '../src/windows/case/primary'
import { PageForm } from '../src/windows/settings/form.svelte'
import { durationLabel, joined } from '../src/windows/settings/duration'
import { FakeHost } from './support'

describe('the countdown', () => {
  it.each([
    [0, '0:00'],
    [9, '0:09'],
    [184, '3:04'],
    [3599, '59:59'],
    [3600, '1:00:00'],
    [86_399, '23:59:59'],
    [86_400, '1 d 0 h'],
    [604_000, '6 d 23 h'],
  ])('shows %i seconds as %s', (seconds, shown) => expect(countdown(seconds)).toBe(shown))

  it('never goes below zero, and takes a broken time as past', () => {
    expect(secondsUntil('2026-03-02T12:00:00Z', Date.parse('2026-03-02T12:00:01Z'))).toBe(0)
    expect(secondsUntil('soon', 0)).toBe(0)
    expect(secondsUntil('2026-03-02T12:00:01Z', Date.parse('2026-03-02T11:59:59.500Z'))).toBe(2)
  })
})

describe('the filled button', () => {
  it.each([
    ['ask', 'find'],
    ['loading', 'none'],
    ['loading-key', 'none'],
    ['failed', 'retry'],
    ['no-key', 'key'],
    ['key-failed', 'key'],
    ['expired', 'key'],
    ['typical', 'send'],
    ['email-failed', 'send'],
    ['no-recipient', 'message'],
    ['sent', 'done'],
    ['joined', 'done'],
    ['ended', 'done'],
  ])('of the state %s does %s', (name, primary) => {
    expect(primaryOf(caseFixtures[name] as CaseView, false)).toBe(primary)
  })

  it('makes a new key once the countdown has run out', () => {
    expect(primaryOf(caseFixtures['typical'] as CaseView, true)).toBe('key')
  })
})

describe('time spans', () => {
  it.each([
    ['60', '1 minute'],
    ['5400', '90 minutes'],
    ['3600', '1 hour'],
    ['86400', '24 hours'],
    ['604800', '7 days'],
    ['61', '61 seconds'],
  ])('of %s seconds read %s', (seconds, label) => expect(durationLabel(Number(seconds))).toBe(label))

  it.each([
    ['90', 'minutes', '5400'],
    [' 2 ', 'days', '172800'],
    ['soon', 'hours', 'soon'],
    ['1.5', 'hours', '1.5'],
    ['-1', 'seconds', '-1'],
  ] as const)('typed as %s %s are %s seconds', (typed, unit, seconds) =>
    expect(joined(typed, unit)).toBe(seconds),
  )
})

describe('a draft', () => {
  const field = (value: string, managed = false) => ({ value, managed, origin: 'user' as const })

  it('lies above the values in force and leaves managed ones alone', () => {
    const draft = new Draft(() => ({ host: field('a'), id: field('b', true) }))
    expect(draft.dirty).toBe(false)
    draft.set('host', ' c ')
    draft.set('id', 'd')
    expect(draft.dirty).toBe(true)
    expect(draft.values()).toEqual({ host: 'c', id: 'b' })
    draft.reset()
    expect(draft.values()).toEqual({ host: 'a', id: 'b' })
  })
})

describe('a form of the settings', () => {
  const field = (value: string) => ({ value, managed: false, origin: 'user' as const })

  it('says what is missing only once it was sent', () => {
    const form = new PageForm(
      () => ({ hostname: field(' '), clientId: field('a'), caFile: field('') }),
      () => ['hostname', 'clientId'],
    )
    const problems = () =>
      (['hostname', 'clientId', 'caFile'] as const).map((key) => form.field(key).problem)
    expect(problems()).toEqual([undefined, undefined, undefined])
    expect(form.check()).toBe(false)
    expect(problems()).toEqual(['Enter the host name of the appliance.', undefined, undefined])
    form.field('hostname').onchange('support.example.com')
    expect(form.check()).toBe(true)
    expect(problems()).toEqual([undefined, undefined, undefined])
  })
})

describe('a live view', () => {
  it('keeps what an event brought while the first answer was on its way', async () => {
    const [older, newer] = [caseFixtures['typical'] as CaseView, caseFixtures['joined'] as CaseView]
    const host = new FakeHost(older)
    const invoke = host.invoke.bind(host)
    host.invoke = async (command, ...form) => {
      host.change(newer)
      host.view = older
      return invoke(command, ...form)
    }
    const live = new LiveView(host, 'case_view', 'case-changed')
    await new Promise((done) => setTimeout(done))
    expect(live.current).toBe(newer)
    live.close()
  })
})
