import { fireEvent, render, screen, waitFor } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { settingsFixtures } from '../src/fixtures/settings'
import type { SettingsView } from '../src/ipc/generated/ipc'
import SettingsWindow from '../src/windows/settings/SettingsWindow.svelte'
import { failure, FakeHost } from './support'

const fixture = (name: string): SettingsView => {
  const view = settingsFixtures[name]
  if (!view) throw new Error(`no fixture ${name}`)
  return view
}

async function show(name: string): Promise<FakeHost> {
  const host = new FakeHost(fixture(name))
  render(SettingsWindow, { host })
  await screen.findByText(/^Casebridge 0\.1\.0$/)
  return host
}

const start = { name: 'Start when you log in' }
const button = (name: string | RegExp) => screen.findByRole('button', { name })
const type = (label: string | RegExp, value: string) =>
  fireEvent.input(screen.getByLabelText(label), { target: { value } })

beforeEach(() => {
  location.hash = ''
})

describe('the first run', () => {
  it('saves the appliance and goes on to Salesforce', async () => {
    const host = await show('first-appliance')
    await type('Host name', ' support.example.com ')
    await type('Client ID', 'abc')
    await type('Client secret', 's3cret ')
    await fireEvent.click(await button('Save and continue'))
    await waitFor(() =>
      expect(host.forms('save_appliance')).toEqual([
        { hostname: 'support.example.com', clientId: 'abc', secret: 's3cret ', caFile: '', portals: '' },
      ]),
    )
    await waitFor(() => expect(host.forms('go_to_step')).toEqual([{ step: 'org' }]))
    await screen.findByRole('heading', { name: 'Salesforce' })
  })

  it('keeps no secret in the page after saving', async () => {
    const host = await show('appliance')
    await type('Client secret', 'another secret')
    await fireEvent.click(await button('Save'))
    await waitFor(() => expect(host.forms('save_appliance')).toHaveLength(1))
    await waitFor(() =>
      expect(screen.getByLabelText<HTMLInputElement>('Client secret').value).toBe(''),
    )
  })

  it('names each field that is missing, and puts the focus on the first', async () => {
    const host = await show('first-appliance')
    await fireEvent.click(await button('Save and continue'))
    await screen.findByText('Enter the host name of the appliance.')
    await screen.findByText('Enter the client secret.')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Host name')))
    expect(host.calls).toEqual([])
  })

  it('stays on the page and says why when saving fails', async () => {
    const host = await show('appliance')
    host.failing.set('save_appliance', failure)
    await fireEvent.click(await button('Save'))
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain(failure.nextStep)
    expect(screen.getByLabelText<HTMLInputElement>('Host name').value).toBe('support.example.com')
  })

  it('saves the org before it signs in', async () => {
    const host = await show('first-org')
    await type('Login URL', 'https://northwind.my.salesforce.com')
    await type('Client ID', '3MVG')
    await fireEvent.click(await button('Save and sign in'))
    await waitFor(() =>
      expect(host.calls.map(({ command }) => command)).toEqual(['save_org', 'sign_in']),
    )
  })

  it('lets the sign-in be given up', async () => {
    const host = await show('first-org-waiting')
    await fireEvent.click(await button('Cancel'))
    await waitFor(() => expect(host.forms('cancel_sign_in')).toHaveLength(1))
  })

  it('follows the app to the next step', async () => {
    const host = await show('first-org')
    host.change(fixture('first-check'))
    await screen.findByRole('heading', { name: 'Test everything' })
  })

  it('finishes once everything passed', async () => {
    const host = await show('first-check-passed')
    await fireEvent.click(await button('Finish'))
    await waitFor(() => expect(host.forms('close_window')).toHaveLength(1))
  })

  it('row_41 shows each failed check with its tips as steps', async () => {
    await show('first-check-failed')
    expect(await screen.findByText('2 checks failed. 1 warning.', { selector: '.box' })).toBeTruthy()
    const tips = screen.getByText(/enter the user name on the appliance as BeyondTrust Username/).closest('ol')
    expect(tips?.querySelectorAll('li')).toHaveLength(3)
    expect(screen.getByText(/^Set this computer's clock/).tagName).toBe('P')
  })

  it('row_41 leads from a check to the setting that fixes it', async () => {
    await show('doctor-failed')
    const name = 'Open setting: The appliance knows you as a representative'
    await fireEvent.click(await button(name))
    await screen.findByRole('heading', { name: 'Preferences' })
  })

  it('row_34 names the appliance of each check, and leads to Activity', async () => {
    const host = await show('doctor-appliances')
    await screen.findByText(/^The appliance accepts the client ID and secret \(EMEA\)/)
    await fireEvent.click(await button(/^Open Activity: /))
    await waitFor(() => expect(host.forms('show_activity')).toHaveLength(1))
  })
})

describe('the representative', () => {
  it('row_38 is shown with where the name was found', async () => {
    await show('org-found')
    await screen.findByText('ada.lindgren')
    await screen.findByText('From your Salesforce user name before the @')
  })
})

describe('managed values', () => {
  it('are shown, locked and labelled', async () => {
    await show('appliance-managed')
    const host = screen.getByLabelText<HTMLInputElement>('Host name')
    expect(host.readOnly).toBe(true)
    expect(host.value).toBe('support.example.com')
    const hint = document.getElementById(host.getAttribute('aria-describedby') ?? '')
    expect(hint?.textContent).toBe('Managed by your organisation')
  })

  it('cannot be switched', async () => {
    location.hash = '#preferences'
    const host = await show('preferences-managed')
    await fireEvent.click(screen.getByRole('switch', start))
    expect(host.forms('save_preference')).toEqual([])
    expect(screen.getByRole<HTMLInputElement>('switch', start).checked).toBe(true)
  })
})

describe('preferences', () => {
  beforeEach(() => {
    location.hash = '#preferences'
  })

  it('save each change at once under the name of the setting', async () => {
    const host = await show('preferences')
    await fireEvent.change(screen.getByLabelText('Keys expire after'), { target: { value: '7200' } })
    await fireEvent.click(screen.getByRole('switch', start))
    await waitFor(() =>
      expect(host.forms('save_preference')).toContainEqual({ key: 'key.ttl', value: '7200' }),
    )
  })

  it('save a text when the person is done with it', async () => {
    const host = await show('preferences')
    const proxy = screen.getByLabelText('Proxy')
    await fireEvent.input(proxy, { target: { value: 'http://proxy:8080 ' } })
    expect(host.forms('save_preference')).toEqual([])
    await fireEvent.change(proxy)
    await waitFor(() =>
      expect(host.forms('save_preference')).toEqual([
        { key: 'network.proxy', value: 'http://proxy:8080' },
      ]),
    )
  })

  it('show the value in force again when saving fails', async () => {
    const host = await show('preferences')
    host.failing.set('save_preference', failure)
    await fireEvent.click(screen.getByRole('switch', start))
    await screen.findByText(failure.title)
    expect(screen.getByRole<HTMLInputElement>('switch', start).checked).toBe(true)
  })
})

describe('the support bundle', () => {
  it('is put together when asked for', async () => {
    const host = await show('doctor-failed')
    await fireEvent.click(await button('Save support bundle…'))
    await waitFor(() => expect(host.forms('list_support_bundle')).toHaveLength(1))
  })

  it('says what is in it before it is saved', async () => {
    const host = await show('doctor-support-listed')
    await screen.findByText('casebridge.1.log')
    await screen.findByText('6 KB')
    expect(host.forms('save_support_bundle')).toHaveLength(0)
    await fireEvent.click(await button('Save'))
    await waitFor(() => expect(host.forms('save_support_bundle')).toHaveLength(1))
    await fireEvent.click(await button('Cancel'))
    await waitFor(() => expect(host.forms('close_support_bundle')).toHaveLength(1))
  })

  it('keeps the focus where the next button is', async () => {
    const host = await show('doctor')
    const list = await button('Save support bundle…')
    list.focus()
    host.change(fixture('doctor-support-listed'))
    await waitFor(() => expect(document.activeElement?.textContent.trim()).toBe('Save'))
  })

  it('stands where it was saved, and says so when it was not', async () => {
    await show('doctor-support-saved')
    await screen.findByText('/home/ada/Downloads/casebridge-support-20261124-093012.zip')
  })

  it('shows why it could not be saved', async () => {
    const host = await show('doctor-support-listed')
    host.failing.set('save_support_bundle', failure)
    await fireEvent.click(await button('Save'))
    await screen.findByText(failure.title)
  })

  it('is not in the way of a first run that goes well', async () => {
    await show('first-check-passed')
    expect(screen.queryByText('Support bundle')).toBeNull()
  })
})
