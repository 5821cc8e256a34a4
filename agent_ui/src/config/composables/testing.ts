import type { FieldType, FieldTypeInfo } from '@/shared/api'
import type { Doc, DocField } from './document'

export const docField = (key: string, type: FieldType = 'text', changes: Partial<DocField> = {}): DocField => ({ key, type, label: { 'zh-CN': key, en: key }, ...changes })

/** Two groups, four fields, everything pointing somewhere. */
export const document = (changes: Partial<Doc> = {}): Doc => ({
  identifier: 'order', kind: 'work_order', name: { 'zh-CN': '工单', en: 'Order' }, key_field: 'number', title_field: 'subject',
  groups: [
    { key: 'base', label: { 'zh-CN': '基本', en: 'Base' }, fields: [docField('number', 'serial', { settings: { rule: 'GD{seq:5}' } }), docField('subject', 'text', { in_list: true })] },
    { key: 'more', label: { 'zh-CN': '其他', en: 'More' }, fields: [docField('status', 'choice', { indexed: true, settings: { options: [{ value: 'open', label: { 'zh-CN': '开', en: 'Open' } }] } }), docField('due', 'datetime')] },
  ],
  list: { columns: ['subject', 'created_at'], sort: '-due' }, permissions: { read: { admin: 'all' } }, links: { status: 'status', due: 'due' },
  ...changes,
})

const type = (key: FieldType, changes: Partial<FieldTypeInfo> = {}): FieldTypeInfo => ({ key, settings: ['help', 'default'], sortable: true, masked: false, own_column: false, in_cell: true, apart: false, system: false, entered: true, kind: null, operators: ['empty', 'filled'], ...changes })
const TEXT = { kind: 'text', operators: ['empty', 'filled', 'eq', 'ne', 'in', 'not_in', 'contains'] } satisfies Partial<FieldTypeInfo>
const ORDERED: FieldTypeInfo['operators'] = ['empty', 'filled', 'eq', 'ne', 'in', 'not_in', 'lt', 'le', 'gt', 'ge']
export const TYPES: FieldTypeInfo[] = [
  type('text', { ...TEXT, settings: ['help', 'default', 'max_length', 'pattern', 'pattern_message'] }), type('long_text', { sortable: false, settings: ['help', 'default', 'max_length'] }), type('serial', { own_column: true, entered: false, settings: ['help', 'default', 'rule'] }),
  type('choice', { ...TEXT, settings: ['help', 'default', 'options'] }), type('cascade', { ...TEXT, settings: ['help', 'default', 'options'] }), type('datetime', { kind: 'datetime', operators: ORDERED }), type('formula', { own_column: true, entered: false, kind: 'number', settings: ['help', 'expression', 'result', 'places'] }), type('money', { kind: 'number', operators: ORDERED, settings: ['help', 'default', 'min', 'max', 'places', 'currency'] }), type('phone', { masked: true, own_column: true, sortable: false }),
]
