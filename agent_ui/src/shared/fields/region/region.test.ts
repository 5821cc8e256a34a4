import { describe, expect, it } from 'vitest'
import type { Region } from '@/shared/api'
import { isFound, treeOf, type Node } from './tree'

const region = (code: string, name: string, parent: string | null, path: string, pinyin = '', initials = ''): Region => ({ code, name, parent, path, pinyin, initials })
const regions = [
  region('110000', '北京市', null, '北京市'), region('110100', '市辖区', '110000', '北京市'), region('110101', '东城区', '110100', '北京市 / 东城区'),
  region('330000', '浙江省', null, '浙江省', 'zhejiangsheng', 'zjs'), region('330100', '杭州市', '330000', '浙江省 / 杭州市', 'hangzhoushi', 'hzs'), region('330106', '西湖区', '330100', '浙江省 / 杭州市 / 西湖区', 'xihuqu', 'xhq'),
  region('810000', '香港特别行政区', null, '香港特别行政区'),
]
const drawn = (nodes: Node[] = []): unknown[] => nodes.map((node) => (node.children ? [node.label, drawn(node.children)] : node.label))

describe('the tree of regions', () => {
  it('goes down to counties, and leaves out steps without a name', () =>
    expect(drawn(treeOf(regions, 'county'))).toEqual([['北京市', ['东城区']], ['浙江省', [['杭州市', ['西湖区']]]], '香港特别行政区']))
  it('ends with cities, where such a step stands for the city', () => {
    const tree = treeOf(regions, 'city')
    expect(drawn(tree)).toEqual([['北京市', ['北京市']], ['浙江省', ['杭州市']], '香港特别行政区'])
    expect(tree[0]?.children?.[0]?.value).toBe('110100')
  })
  it('ends with provinces', () => expect(drawn(treeOf(regions, 'province'))).toEqual(['北京市', '浙江省', '香港特别行政区']))
})

it('is searched by name, sound and initials', () => {
  const path = [{ words: '浙江省 zhejiangsheng zjs' }, { words: '杭州市 hangzhoushi hzs' }]
  expect(['杭州', 'hangz', 'hz', '浙江 杭州', 'ZJ/杭'].map((q) => isFound(path, q))).toEqual([true, true, true, true, true])
  expect(isFound(path, '宁波')).toBe(false)
})
