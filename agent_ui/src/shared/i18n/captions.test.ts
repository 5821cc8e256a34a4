import { describe, expect, it } from 'vitest'
import { counted } from '@/shared/format'
import { setLocale, t } from '@/shared/i18n'

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

  it('count one as one in English, and thousands as more than one', async () => {
    await setLocale('en')
    expect([0, 1, 2, 1234].map((n) => t('transfer.rows', counted(n)))).toEqual(['0 records', '1 record', '2 records', '1,234 records'])
  })
})
