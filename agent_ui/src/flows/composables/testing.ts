import type { Flow, FlowNode } from './definition'
import type { FlowChoices } from './useFlowChoices'

export const node = (id: string, kind: string, settings: object = {}, exits: Record<string, string> = {}): FlowNode => ({ id, kind, settings: { ...settings }, exits })
const says = (text: string) => ({ prompts: [{ text: { 'zh-CN': text, en: text } }] })

/** A greeting, a menu, an entry, a condition on it, a transfer and an end. */
export const flow = (changes: Partial<Flow> = {}): Flow => ({
  start: 'hello', languages: ['zh-CN', 'en'], layout: {}, names: { menu: 'Main menu' },
  nodes: [
    node('hello', 'play', says('Hello'), { next: 'menu' }),
    node('menu', 'menu', { ...says('Choose'), keys: ['1', '2'] }, { 1: 'code', 2: 'agents', timeout: 'bye', invalid: 'menu' }),
    node('code', 'collect', { ...says('Enter'), variable: 'code', maximum: 4 }, { collected: 'known', timeout: 'bye', invalid: 'bye' }),
    node('known', 'condition', { cases: [{ when: 'code == 1234', exit: 'good' }] }, { good: 'agents', otherwise: 'bye' }),
    node('agents', 'transfer', { kind: 'service', target: '018f0000-0000-7000-8000-000000000001' }),
    node('bye', 'hang_up'),
  ],
  ...changes,
})

/** Names of nothing in particular. */
export const choices = { options: () => [], nameOf: (_kind: string, id: string) => id, targetName: (_kind: string, id: string) => id, numbers: [], customerFields: [{ key: 'level' }], fieldName: (key: string) => key, objects: [], credentials: [], fieldsOf: () => [], promptName: (id: string) => id } as unknown as FlowChoices
