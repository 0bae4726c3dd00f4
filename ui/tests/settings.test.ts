import { fireEvent, render, screen, waitFor } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { settingsFixtures } from '../src/fixtures/settings'
import type { SettingsView } from '../src/ipc/generated/ipc'
import { openSetting } from '../src/windows/settings/navigation.svelte'
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
    const host = await show('first-appliance-failed')
    await type('Client secret', 'another secret')
    await fireEvent.click(await button('Save and continue'))
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
    const host = await show('first-appliance-failed')
    host.failing.set('save_appliance', failure)
    await fireEvent.click(await button('Save and continue'))
    await screen.findByText(failure.title)
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
    await screen.findByRole('heading', { name: 'Salesforce', level: 1 })
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('BeyondTrust user name')))
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
  it('row_34_are_shown_locked_and_labelled', async () => {
    await show('appliance-managed')
    const host = screen.getByLabelText<HTMLInputElement>('Host name')
    expect(host.readOnly).toBe(true)
    expect(host.value).toBe('support.example.com')
    const described = (host.getAttribute('aria-describedby') ?? '').split(' ')
    const texts = described.map((id) => document.getElementById(id)?.textContent)
    expect(texts).toContain('Managed by your organisation')
    expect(screen.queryByRole('button', { name: 'Remove' })).toBeNull()
  })

  it('cannot be switched', async () => {
    location.hash = '#computer'
    const host = await show('computer-managed')
    await fireEvent.click(screen.getByRole('switch', start))
    expect(host.forms('save_setting')).toEqual([])
    expect(screen.getByRole<HTMLInputElement>('switch', start).checked).toBe(true)
  })
})

describe('a page of the table', () => {
  it('shows every setting that the table has on it', async () => {
    location.hash = '#sessions'
    const view = fixture('sessions')
    const fresh = {
      key: 'sessions.new_one',
      name: 'A setting of tomorrow',
      description: 'What it does.',
      control: { kind: 'number', low: 1, high: 9 } as const,
      value: '4',
      defaultValue: '4',
      managed: false,
      origin: 'default' as const,
      inForm: false,
    }
    const host = new FakeHost({
      ...view,
      pages: view.pages.map((page) =>
        page.id === 'sessions'
          ? { ...page, sections: [...page.sections, { name: 'New', settings: [fresh] }] }
          : page,
      ),
    })
    render(SettingsWindow, { host })
    const field = await screen.findByLabelText<HTMLInputElement>('A setting of tomorrow')
    expect(field.value).toBe('4')
    await fireEvent.input(field, { target: { value: '7' } })
    await fireEvent.keyDown(field, { key: 'Enter' })
    await waitFor(() => expect(host.forms('save_setting')).toEqual([{ key: 'sessions.new_one', value: '7' }]))
  })

  it('saves each change at once under the key of its setting', async () => {
    location.hash = '#keys'
    const host = await show('keys')
    const ttl = screen.getByLabelText<HTMLInputElement>('Keys expire after')
    expect(ttl.value).toBe('1')
    await fireEvent.input(ttl, { target: { value: '2' } })
    await fireEvent.change(ttl)
    await fireEvent.change(screen.getByLabelText('Keys are created by'), { target: { value: 'web' } })
    await waitFor(() =>
      expect(host.forms('save_setting')).toEqual([
        { key: 'key.ttl', value: '7200' },
        { key: 'key.default_kind', value: 'web' },
      ]),
    )
  })

  it('saves a text when the person is done with it', async () => {
    location.hash = '#computer'
    const host = await show('computer')
    const proxy = screen.getByLabelText('Proxy')
    await fireEvent.input(proxy, { target: { value: 'http://proxy:8080 ' } })
    expect(host.forms('save_setting')).toEqual([])
    await fireEvent.change(proxy)
    await waitFor(() =>
      expect(host.forms('save_setting')).toEqual([{ key: 'network.proxy', value: 'http://proxy:8080' }]),
    )
  })

  it('keeps what was typed and says why under the field when saving fails', async () => {
    location.hash = '#computer'
    const host = await show('computer')
    const refused = { ...failure, code: 'settings_invalid', detail: 'Enter a whole address.' }
    host.failing.set('save_setting', refused)
    const proxy = screen.getByLabelText<HTMLInputElement>('Proxy')
    await fireEvent.input(proxy, { target: { value: 'proxy' } })
    await fireEvent.change(proxy)
    await screen.findByText('Enter a whole address.')
    expect(proxy.value).toBe('proxy')
    expect(proxy.getAttribute('aria-invalid')).toBe('true')
    host.failing.clear()
    await fireEvent.keyDown(proxy, { key: 'Enter' })
    await waitFor(() => expect(host.forms('save_setting')).toEqual([{ key: 'network.proxy', value: 'proxy' }]))
    await waitFor(() => expect(screen.queryByText('Enter a whole address.')).toBeNull())
  })

  it('names the bounds of a time in its units', async () => {
    location.hash = '#keys'
    const host = await show('keys')
    host.failing.set('save_setting', { ...failure, code: 'settings_invalid', detail: 'seconds' })
    const ttl = screen.getByLabelText<HTMLInputElement>('Keys expire after')
    await fireEvent.input(ttl, { target: { value: '999' } })
    await fireEvent.change(ttl)
    await screen.findByText('Enter a time from 1 minute to 7 days.')
    expect(ttl.value).toBe('999')
  })

  it('shows the value in force again when a switch cannot be saved', async () => {
    location.hash = '#computer'
    const host = await show('computer')
    host.failing.set('save_setting', failure)
    await fireEvent.click(screen.getByRole('switch', start))
    await screen.findByText(new RegExp(failure.title))
    expect(screen.getByRole<HTMLInputElement>('switch', start).checked).toBe(true)
  })

  it('gives a default back', async () => {
    location.hash = '#keys'
    const host = await show('keys-changed')
    await screen.findByText('Default: 1 hour')
    await fireEvent.click(await button('Use default for Keys expire after'))
    await waitFor(() => expect(host.forms('save_setting')).toEqual([{ key: 'key.ttl', value: '' }]))
  })

  it('previews the e-mail while it is typed', async () => {
    location.hash = '#keys'
    const host = await show('keys-changed')
    await screen.findByText('Remote support for case 00001026')
    await type('E-mail template', 'Hello {contact}')
    await waitFor(() => expect(host.forms('preview_email')).toEqual([{ template: 'Hello {contact}' }]))
    expect(host.forms('save_setting')).toEqual([])
  })
})

describe('the search', () => {
  const look = (text: string) =>
    fireEvent.input(screen.getByLabelText('Search settings'), { target: { value: text } })

  it('finds settings by name, description and key, on every page', async () => {
    const host = await show('appliance')
    await look('key.ttl')
    await screen.findByText('1 setting', { selector: '.lead' })
    await look('zeppelin')
    await screen.findByText('No setting has these words in its name, description or key.', { selector: '.lead' })
    await look('client secret')
    await fireEvent.click(await button(/^Client secret/))
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByLabelText('Client secret')),
    )
    expect(host.calls).toEqual([])
  })

  it('goes to the setting on its page', async () => {
    await show('appliance')
    await look('log detail')
    await fireEvent.keyDown(screen.getByLabelText('Search settings'), { key: 'Enter' })
    await screen.findByRole('heading', { name: 'This computer', level: 1 })
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Log detail')))
  })

  it('ends with Esc, before the window closes', async () => {
    const host = await show('appliance')
    const field = screen.getByLabelText<HTMLInputElement>('Search settings')
    await look('proxy')
    await fireEvent.keyDown(field, { key: 'Escape' })
    expect(field.value).toBe('')
    expect(host.forms('close_window')).toEqual([])
    await fireEvent.keyDown(field, { key: 'Escape' })
    await waitFor(() => expect(host.forms('close_window')).toHaveLength(1))
  })

  it('is not what another part of the window needs to open a setting', async () => {
    const host = await show('appliance')
    openSetting('org.login_url')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Login URL')))
    host.change({ ...fixture('appliance'), shown: { key: 'key.ttl', count: 7 } })
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Keys expire after')))
  })
})

describe('appliances', () => {
  it('row_34_are_added_with_their_secret_and_tested', async () => {
    const host = await show('appliance')
    await fireEvent.click(await button('Add appliance'))
    await type('Name', 'HR')
    await type('Host name', ' hr.example.com ')
    await fireEvent.click(await button('Add and test'))
    await screen.findByText('Enter the client secret.')
    expect(host.calls).toEqual([])
    await type('Client ID', 'abc')
    await type('Client secret', 's3cret ')
    await fireEvent.click(await button('Add and test'))
    await waitFor(() =>
      expect(host.forms('add_appliance')).toEqual([
        { name: 'HR', hostname: 'hr.example.com', clientId: 'abc', secret: 's3cret ', caFile: '' },
      ]),
    )
    await button('Add appliance')
  })

  it('row_34_keep_what_was_typed_when_one_cannot_be_added', async () => {
    const host = await show('appliances-empty')
    const refused = { ...failure, code: 'default_appliance_missing', detail: 'The first one is Default.' }
    host.failing.set('add_appliance', refused)
    await fireEvent.click(await button('Add appliance'))
    expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('Default')
    await type('Name', 'HR')
    await type('Host name', 'hr.example.com')
    await type('Client ID', 'abc')
    await type('Client secret', 's3cret')
    await fireEvent.click(await button('Add and test'))
    await screen.findByText('The first one is Default.')
    expect(screen.getByLabelText<HTMLInputElement>('Host name').value).toBe('hr.example.com')
    expect(screen.getByLabelText<HTMLInputElement>('Client secret').value).toBe('s3cret')
  })

  it('row_34_are_renamed_tested_and_removed_after_a_question_in_place', async () => {
    const host = await show('appliances')
    await fireEvent.click(await button('Test'))
    await fireEvent.click(await button('Rename'))
    await type('New name', 'Staff')
    await fireEvent.click(await button('Save name'))
    await waitFor(() => expect(host.forms('rename_appliance')).toHaveLength(1))
    await fireEvent.click(await button(/^HR/))
    await fireEvent.click(await button('Remove'))
    await screen.findByText('Remove HR?')
    expect(host.forms('remove_appliance')).toEqual([])
    await waitFor(() => expect(document.activeElement?.textContent.trim()).toBe('Cancel'))
    await fireEvent.click(await button('Remove appliance'))
    await waitFor(() => expect(host.forms('remove_appliance')).toEqual([{ name: 'HR' }]))
    expect(host.forms('rename_appliance')).toEqual([{ name: 'HR', newName: 'Staff' }])
    expect(host.forms('test_appliance')).toEqual([{ name: 'HR' }])
  })

  it('row_34_named_Default_stays_while_there_are_others', async () => {
    await show('appliances')
    await fireEvent.click(await button(/^Default/))
    await screen.findByRole('heading', { name: 'Default' })
    expect(screen.queryByRole('button', { name: 'Rename' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Remove' })).toBeNull()
  })

  it('keep no secret in the page after saving', async () => {
    const host = await show('appliance')
    await type('Client secret', 'another secret')
    await fireEvent.click(await button('Save secret'))
    await waitFor(() =>
      expect(host.forms('save_secret')).toEqual([{ name: 'Default', secret: 'another secret' }]),
    )
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('Client secret').value).toBe(''))
  })

  it('row_30_and_row_28_have_recordings_and_all_sessions', async () => {
    const host = await show('appliance')
    await fireEvent.click(screen.getByRole('switch', { name: 'Import sessions without a case' }))
    const url = screen.getByLabelText('URL of recordings')
    await fireEvent.input(url, { target: { value: 'https://recordings.example.com' } })
    await fireEvent.change(url)
    await waitFor(() =>
      expect(host.forms('save_setting')).toEqual([
        { key: 'appliance.Default.import_all_sessions', value: 'true' },
        { key: 'appliance.Default.external_recording_base_url', value: 'https://recordings.example.com' },
      ]),
    )
  })

  it('take portals one by one', async () => {
    const host = await show('appliances')
    const portals = screen.getByLabelText<HTMLInputElement>('Portals', { selector: 'input' })
    await fireEvent.input(portals, { target: { value: 'new.example.com' } })
    await fireEvent.keyDown(portals, { key: 'Enter' })
    await waitFor(() =>
      expect(host.forms('save_setting')).toEqual([
        {
          key: 'appliance.HR.portals',
          value: 'hr.example.com,hr-partners.example.com,new.example.com',
        },
      ]),
    )
    await fireEvent.click(await button('Remove hr.example.com'))
    await waitFor(() =>
      expect(host.forms('save_setting')[1]).toEqual({
        key: 'appliance.HR.portals',
        value: 'hr-partners.example.com',
      }),
    )
  })
})

describe('event types', () => {
  const box = (name: string) => screen.getByRole<HTMLInputElement>('checkbox', { name })
  const saved = (host: FakeHost) =>
    host.forms('save_setting').map((form) => (form as { value: string }).value)

  it('row_27_are_chosen_from_the_53_in_groups', async () => {
    const host = await show('appliances-events')
    expect(screen.getByText('4 of 54 types')).toBeTruthy()
    expect(screen.getAllByRole('checkbox')).toHaveLength(54 + 9)
    expect(box('Chat and Surveys').indeterminate).toBe(true)
    expect(box('Custom Event').checked).toBe(true)
    await fireEvent.click(box('Files'))
    await waitFor(() => expect(saved(host)).toHaveLength(1))
    expect(saved(host)[0]).toContain('File Upload,File Upload Failed')
    expect(saved(host)[0]).toContain('Custom Event')
  })

  it('row_27_can_be_searched_and_named', async () => {
    const host = await show('appliances-events')
    await type('Search event types', 'shell')
    box('Command Shell Session Started')
    expect(screen.queryByRole('checkbox', { name: 'Session Start' })).toBeNull()
    await type('Search event types', 'Brand New')
    await fireEvent.click(await button('Add “Brand New”'))
    await waitFor(() => expect(saved(host)[0]).toMatch(/,Brand New$/))
  })

  it('row_27_none_is_never_taken_for_all', async () => {
    const host = await show('appliances-events')
    await fireEvent.click(screen.getByRole('switch', { name: 'All types, also those of later versions' }))
    await waitFor(() => expect(saved(host)).toEqual(['']))
    const view = fixture('appliances-events')
    host.change({
      ...view,
      appliances: view.appliances.map((one) => ({
        ...one,
        settings: one.settings.map((setting) =>
          setting.control.kind === 'words' ? { ...setting, value: 'Session End' } : setting,
        ),
      })),
    })
    await screen.findByText('1 of 53 types')
    await fireEvent.click(box('Session End'))
    await screen.findByText('Choose at least one type, or switch on all types.')
    expect(box('Session End').checked).toBe(true)
    expect(saved(host)).toHaveLength(1)
  })
})

describe('survey rules', () => {
  it('row_35_are_added_edited_moved_and_removed', async () => {
    const host = await show('rules')
    const question = await screen.findByLabelText<HTMLInputElement>('Question')
    expect(question.value).toBe('close_state')
    await fireEvent.input(question, { target: { value: 'state' } })
    await fireEvent.change(question)
    await fireEvent.click(await button('Move Representative_resolved down'))
    await fireEvent.click(await button('Remove rule'))
    await fireEvent.click(await button('Remove'))
    await waitFor(() => expect(host.forms('remove_rule')).toEqual([{ name: 'Representative_resolved' }]))
    await fireEvent.click(await button('Add rule'))
    expect(screen.getByLabelText<HTMLInputElement>('Name of the rule').value).toBe('rule-4')
    await fireEvent.click(await button('Add rule'))
    await waitFor(() => expect(host.forms('add_rule')).toEqual([{ name: 'rule-4' }]))
    expect(host.forms('move_rule')).toEqual([{ name: 'Representative_resolved', up: false }])
    expect(host.forms('save_setting')).toEqual([
      { key: 'transition.Representative_resolved.question', value: 'state' },
    ])
  })

  it('row_35_say_what_they_would_do_with_pasted_answers', async () => {
    location.hash = '#rules'
    const host = await show('rules-tried')
    await screen.findByText('Customer survey: Customer_still_has_the_problem matches.', { selector: '.result' })
    await screen.findByText('It would set: Status Escalated · Owner Tier_2.')
    await screen.findByText('Representative survey: no rule matches. The case stays as it is.', {
      selector: '.result',
    })
    await fireEvent.click(await button('Try'))
    await screen.findByText('Paste a survey report, or write question = answer.')
    await type('Answers', 'close_state = Resolved')
    await fireEvent.click(await button('Try'))
    await waitFor(() =>
      expect(host.forms('try_rules')).toEqual([
        { survey: 'Representative', text: 'close_state = Resolved' },
      ]),
    )
  })
})

describe('the org', () => {
  it('row_29_has_the_mapping_beside_the_connection', async () => {
    const host = await show('org')
    const mapping = await screen.findByLabelText('Case field for the external key')
    await fireEvent.input(mapping, { target: { value: 'Key__c' } })
    await fireEvent.keyDown(mapping, { key: 'Enter' })
    await waitFor(() =>
      expect(host.forms('save_setting')).toEqual([
        { key: 'org.case_field_map.external_key', value: 'Key__c' },
      ]),
    )
    expect(host.forms('save_org')).toEqual([])
    expect(screen.getAllByLabelText('Login URL')).toHaveLength(1)
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
