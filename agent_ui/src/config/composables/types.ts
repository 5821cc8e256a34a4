/** Types of fields as the designer offers them: their sign and the company they keep. */
import {
  AlignLeft, Calendar, CalendarClock, CalendarPlus, FileImage, CircleDollarSign, CircleDot, Clock, Globe, Hash, History, IdCard, Link2, ListChecks, ListOrdered, ListTree, Mail, MapPin, Paperclip, Phone, Rows3, TextInitial, Sigma, ToggleLeft, Type, User, UserPen, UserPlus, Users, Variable,
} from 'lucide-vue-next'
import type { Component } from 'vue'
import type { FieldType, FieldTypeInfo } from '@/shared/api'

export const TYPE_ICONS: Record<FieldType, Component> = {
  text: Type, long_text: AlignLeft, url: Globe, integer: Hash, decimal: Sigma, money: CircleDollarSign, serial: ListOrdered, date: Calendar, datetime: CalendarClock, time: Clock,
  choice: CircleDot, choices: ListChecks, cascade: ListTree, boolean: ToggleLeft, user: User, team: Users, reference: Link2, phone: Phone, email: Mail, identity: IdCard, formula: Variable,
  details: Rows3, file: Paperclip, image: FileImage, rich_text: TextInitial, region: MapPin, created_at: CalendarPlus, created_by: UserPlus, updated_at: History, updated_by: UserPen,
}
const FAMILIES: Record<string, FieldType[]> = {
  text: ['text', 'long_text', 'rich_text', 'url'], numbers: ['integer', 'decimal', 'money', 'formula', 'serial'], dates: ['date', 'datetime', 'time'], choices: ['choice', 'choices', 'cascade', 'boolean', 'region'],
  records: ['user', 'team', 'reference', 'details'], contact: ['phone', 'email', 'identity'], files: ['image', 'file'],
  stamps: ['created_at', 'created_by', 'updated_at', 'updated_by'],
}

export interface Family { key: string; types: FieldType[] }
/** Only what the server knows is offered; `names` are the words a search looks in. */
export function familiesOf(types: FieldTypeInfo[], q = '', names: (type: FieldType) => string = (type) => type): Family[] {
  const known = new Set(types.map((type) => type.key))
  const wanted = q.trim().toLowerCase()
  return Object.entries(FAMILIES)
    .map(([key, all]) => ({ key, types: all.filter((type) => known.has(type) && (!wanted || `${names(type)} ${type}`.toLowerCase().includes(wanted))) }))
    .filter((family) => family.types.length)
}

export const iconOf = (type: FieldType): Component => TYPE_ICONS[type] ?? Type
