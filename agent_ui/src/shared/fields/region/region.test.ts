import { beforeEach, describe, expect, it } from 'vitest'
import type { Region } from '@/shared/api'
import { setLocale } from '@/shared/i18n'
import { regions as known, regionText } from './regions'
import { isFound, treeOf, type Node } from './tree'

const region = (code: string, name: string, en: string, parent: string | null, pinyin = '', initials = ''): Region => ({ code, name: { 'zh-CN': name, en }, parent, step: !name, pinyin, initials })
const regions = [
  region('110000', '北京市', 'Beijing', null), region('110100', '', '', '110000'), region('110101', '东城区', 'Dongcheng District', '110100'),
  region('330000', '浙江省', 'Zhejiang', null, 'zhejiangsheng', 'zjs'), region('330100', '杭州市', 'Hangzhou', '330000', 'hangzhoushi', 'hzs'), region('330106', '西湖区', 'Xihu District', '330100', 'xihuqu', 'xhq'),
  region('810000', '香港特别行政区', 'Hong Kong', null),
]
beforeEach(() => setLocale('zh-CN'))
const drawn = (nodes: Node[] = []): unknown[] => nodes.map((node) => (node.children ? [node.label, drawn(node.children)] : node.label))

describe('the tree of regions', () => {
  it('goes down to counties, and leaves out steps without a name', () =>
    expect(drawn(treeOf(regions, 'county'))).toEqual([['北京市', ['东城区']], ['浙江省', [['杭州市', ['西湖区']]]], '香港特别行政区']))
  it('ends with cities, where such a step stands for the city', () => {
    const tree = treeOf(regions, 'city')
    expect(drawn(tree)).toEqual([['北京市', ['北京市']], ['浙江省', ['杭州市']], '香港特别行政区'])
    expect(tree[0]?.children?.[0]?.value).toBe('110100')
  })
  it('is told in the language of the page', async () => {
    await setLocale('en')
    expect(drawn(treeOf(regions, 'city'))).toEqual([['Beijing', ['Beijing']], ['Zhejiang', ['Hangzhou']], 'Hong Kong'])
  })
  it('ends with provinces', () => expect(drawn(treeOf(regions, 'province'))).toEqual(['北京市', '浙江省', '香港特别行政区']))
})

it('a region is told from its province down, without the steps that nobody calls by a name', async () => {
  known.value = regions
  expect(['110101', '330106', '999999'].map(regionText)).toEqual(['北京市 / 东城区', '浙江省 / 杭州市 / 西湖区', '999999'])
  await setLocale('en')
  expect(regionText('330106')).toBe('Zhejiang / Hangzhou / Xihu District')
})

it('is searched by name, sound and initials', () => {
  const path = [{ words: '浙江省 zhejiangsheng zjs' }, { words: '杭州市 hangzhoushi hzs' }]
  expect(['杭州', 'hangz', 'hz', '浙江 杭州', 'ZJ/杭'].map((q) => isFound(path, q))).toEqual([true, true, true, true, true])
  expect(isFound(path, '宁波')).toBe(false)
})
