/** The names of commands and events; the list itself is generated. */
import type { Commands, Events } from './generated/ipc'

export type { Commands, CopyWhat, Events } from './generated/ipc'

export type Command = keyof Commands

export type EventName = keyof Events
