import { openWindow } from '../open'
import Window from './JumpWindow.svelte'

void openWindow(Window)
