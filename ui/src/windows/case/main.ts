import { openWindow } from '../open'
import Window from './CaseWindow.svelte'

void openWindow(Window)
