/** A flow to begin with: a greeting, a menu, an agent service, a goodbye. What it says is to be written over. */
import { t } from '@/shared/i18n'
import type { Flow } from './definition'
import { LANGUAGES } from './definition'

const says = (key: string) => [{ text: Object.fromEntries(LANGUAGES.map((language) => [language, t(key, {}, { locale: language })])) }]

export function starter(): Flow {
  return {
    start: 'play_1', languages: ['zh-CN'], layout: {}, names: {},
    nodes: [
      { id: 'play_1', kind: 'play', settings: { prompts: says('flow.starterSays.welcome'), interruptible: true }, exits: { next: 'menu_1' } },
      { id: 'menu_1', kind: 'menu', settings: { prompts: says('flow.starterSays.menu'), keys: ['1', '0'], timeout: 5, tries: 3 }, exits: { 1: 'transfer_1', 0: 'transfer_1', timeout: 'play_2', invalid: 'play_2' } },
      { id: 'transfer_1', kind: 'transfer', settings: { kind: 'service', target: '' }, exits: {} },
      { id: 'play_2', kind: 'play', settings: { prompts: says('flow.starterSays.bye'), interruptible: true }, exits: { next: 'hang_up_1' } },
      { id: 'hang_up_1', kind: 'hang_up', settings: {}, exits: {} },
    ],
  }
}
