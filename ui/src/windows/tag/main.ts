import { openWindow } from '../open'
import Window from './TagWindow.svelte'

void openWindow(Window)
