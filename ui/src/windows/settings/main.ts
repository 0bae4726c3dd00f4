import { openWindow } from '../open'
import Window from './SettingsWindow.svelte'

void openWindow(Window)
