import { openWindow } from '../open'
import Window from './ActivityWindow.svelte'

void openWindow(Window)
