import { describe, expect, it } from 'vitest'

const files = import.meta.glob<Record<string, unknown>>('./*/*.json', { eager: true, import: 'default' })

function keys(tree: unknown, prefix = ''): string[] {
  if (typeof tree === 'string') return [prefix]
  return Object.entries(tree as Record<string, unknown>).flatMap(([key, value]) => keys(value, `${prefix}.${key}`))
}
const of = (language: string) =>
  Object.entries(files)
    .filter(([path]) => path.startsWith(`./${language}/`))
    .flatMap(([path, tree]) => keys(tree, path.split('/').pop()))
    .sort()

describe('captions', () => {
  it('say the same things in both languages', () => {
    expect(of('en')).toEqual(of('zh-CN'))
  })

  it('write an @ as {\'@\'}, or the rest of it is taken for a name', () => {
    const linked = Object.values(files).flatMap((tree) => JSON.stringify(tree).replaceAll("{'@'}", '').match(/.{0,20}@.{0,20}/g) ?? [])
    expect(linked).toEqual([])
  })

  it('leave no caption empty', () => {
    const empty = Object.values(files).flatMap((tree) => JSON.stringify(tree).match(/:""/g) ?? [])
    expect(empty).toEqual([])
  })
})
