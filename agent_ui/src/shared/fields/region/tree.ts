/** Regions as a picker takes them: down to a level, without the steps that have no name of their own. */
import type { Region } from '@/shared/api'
import { caption } from '@/shared/i18n'

/** An alias, not an interface: the picker takes options with any names. */
export type Node = { value: string; label: string; words: string; children?: Node[] }
export type Level = 'province' | 'city' | 'county'

const DEPTH: Record<Level, number> = { province: 1, city: 2, county: 3 }
const depthOf = (code: string): number => (code.endsWith('0000') ? 1 : code.endsWith('00') ? 2 : 3)

export function treeOf(regions: Region[], level: Level): Node[] {
  const nodes = new Map<string, Node>()
  const known = new Map(regions.map((one) => [one.code, one]))
  const roots: Node[] = []
  for (const one of regions.filter((each) => depthOf(each.code) <= DEPTH[level])) {
    // “Districts under the city”: above the last level such a step is left out; on it, it stands for what is above.
    if (one.step && DEPTH[level] > depthOf(one.code)) continue
    let above = one.parent ? known.get(one.parent) : undefined
    const named = one.step ? (above ?? one) : one
    const node: Node = { value: one.code, label: caption(named.name), words: `${Object.values(one.name).join(' ')} ${one.pinyin} ${one.initials}` }
    nodes.set(one.code, node)
    while (above && !nodes.has(above.code)) above = above.parent ? known.get(above.parent) : undefined
    const home = above && nodes.get(above.code)
    if (home) (home.children ??= []).push(node)
    else roots.push(node)
  }
  return roots
}

/** Every word somewhere in the path: by name, by sound or by its initials. */
export function isFound(path: { words: string }[], q: string): boolean {
  const words = path.map((one) => one.words.toLowerCase()).join(' ')
  return q.toLowerCase().split(/[\s/]+/).filter(Boolean).every((part) => words.includes(part))
}
