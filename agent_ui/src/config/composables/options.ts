/** The options of a choice, in their order; a cascade's name their parents. */
import { freeKey, type DocOption } from './document'

export const nextOption = (options: DocOption[], parent?: string): DocOption => {
  const n = options.length + 1
  return { value: freeKey(options.map((one) => one.value), `option_${n}`), label: { 'zh-CN': `选项 ${n}`, en: `Option ${n}` }, ...(parent ? { parent } : {}) }
}

/** A changed value is followed by the children of its option. */
export function changeOption(options: DocOption[], at: number, changes: Partial<DocOption>): DocOption[] {
  const old = options[at]
  if (!old) return options
  const tidy = Object.fromEntries(Object.entries({ ...old, ...changes }).filter(([name, value]) => !(value === '' && name !== 'value') && value !== undefined && !(name === 'active' && value) && !(name === 'closed' && !value))) as unknown as DocOption
  return options.map((one, index) => (index === at ? tidy : changes.value !== undefined && one.parent === old.value ? { ...one, parent: changes.value } : one))
}

/** Its children become children of its parent. */
export function removeOption(options: DocOption[], at: number): DocOption[] {
  const gone = options[at]
  return options.filter((_, index) => index !== at).map(({ parent, ...one }) => {
    const next = parent === gone?.value ? gone?.parent : parent
    return next ? { ...one, parent: next } : one
  })
}

/** How deep an option lies; a circle of parents ends where it begins. */
export function depthOf(options: DocOption[], option: DocOption): number {
  const seen = new Set<string>()
  for (let parent = option.parent; parent && !seen.has(parent); parent = options.find((one) => one.value === parent)?.parent) seen.add(parent)
  return seen.size
}

/** Options that may be its parent: not itself, and none of those below it. */
export function parentsFor(options: DocOption[], option: DocOption): DocOption[] {
  const below = new Set([option.value])
  for (let grew = true; grew; ) {
    const more = options.filter((one) => one.parent && below.has(one.parent) && !below.has(one.value))
    more.forEach((one) => below.add(one.value))
    grew = more.length > 0
  }
  return options.filter((one) => !below.has(one.value))
}
