import type { Option } from '@/shared/api'

export type Branch = { value: string; label: string; children?: Branch[] }

/** A flat list with parents, as the server keeps it, to the branches a cascader draws. */
export function treeOf(options: Option[], text: (label: Option['label']) => string, parent: string | null = null): Branch[] {
  return options
    .filter((option) => (option.parent ?? null) === parent)
    .map((option) => {
      const children = treeOf(options, text, option.value)
      return { value: option.value, label: text(option.label), ...(children.length ? { children } : {}) }
    })
}
