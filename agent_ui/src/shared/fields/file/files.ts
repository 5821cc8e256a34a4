/** Files of a field: sent at once, taken by the record when it is saved. */
import type { Field } from '@/shared/api'

export interface FieldFile { id: string; name: string; media_type: string; size: number }

export const filesOf = (value: unknown): FieldFile[] => (Array.isArray(value) ? (value as FieldFile[]) : [])
export const isPicture = (file: FieldFile): boolean => file.media_type.startsWith('image/')
/** By its id alone: what else is known of it, the server knows better. */
export const sentFiles = (value: unknown): string[] => filesOf(value).map((file) => file.id)

const ACCEPTED: Record<string, string> = {
  image: 'image/png,image/jpeg,image/gif,image/webp', pdf: 'application/pdf', office: '.docx,.xlsx,.pptx', text: '.txt,.csv,.log,.md', audio: 'audio/*', video: 'video/mp4', archive: '.zip',
}
/** What the browser's dialog offers; the server looks into the file. */
export const acceptOf = (field: Field): string =>
  field.type === 'image' ? (ACCEPTED.image ?? '') : (field.kinds ?? []).map((kind) => ACCEPTED[kind]).filter(Boolean).join(',')

export const MEGABYTE = 1024 * 1024
export const mostOf = (field: Field): number => field.most ?? 5
