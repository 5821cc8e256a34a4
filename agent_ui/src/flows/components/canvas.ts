/** What the canvas hands down to its cards: they read the flow themselves, so that a change draws one card anew and not all. */
import type { ComputedRef, InjectionKey } from 'vue'
import type { FlowDesign } from '../composables/useFlow'

/** What is drawn over the flow: calls by node, by line, those that were hung up at a node; the node under way and the lines walked. Empty where nothing is counted. */
export interface Marks { visits: ReadonlyMap<string, number>; exits: ReadonlyMap<string, number>; left: ReadonlyMap<string, number>; active: string; walked: ReadonlySet<string> }
export const NO_MARKS: Marks = { visits: new Map(), exits: new Map(), left: new Map(), active: '', walked: new Set() }

export const DESIGN: InjectionKey<FlowDesign> = Symbol('flow design')
export const MARKS: InjectionKey<ComputedRef<Marks>> = Symbol('flow marks')
