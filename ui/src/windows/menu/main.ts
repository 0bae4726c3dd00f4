import { openWindow } from '../open'
import Window from './MenuWindow.svelte'

void openWindow(Window)
