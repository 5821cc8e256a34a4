/** Sends a file as it is, with its progress: `fetch` tells none. */
import { ApiError, errorFrom, unsafeHeaders, type Attachment } from '@/shared/api'

export interface Upload<T = Attachment> { done: Promise<T>; cancel: () => void }

export const upload = (path: { identifier: string; record_id: string }, file: File, tell: (part: number) => void): Upload =>
  send(`/objects/${path.identifier}/records/${path.record_id}/attachments?name=${encodeURIComponent(file.name)}`, file, tell)

export function send<T>(address: string, file: File, tell: (part: number) => void): Upload<T> {
  const request = new XMLHttpRequest()
  const done = new Promise<T>((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && tell(event.loaded / event.total)
    request.onload = () => {
      const answer: unknown = request.response
      if (request.status === 201) resolve(answer as T)
      else reject(errorFrom(request.status, answer))
    }
    request.onerror = () => reject(new ApiError(0, 'offline', 'offline'))
    request.onabort = () => reject(new DOMException('cancelled', 'AbortError'))
  })
  request.open('POST', `/api/v1${address}`)
  request.responseType = 'json'
  for (const [name, value] of Object.entries(unsafeHeaders())) request.setRequestHeader(name, value)
  request.setRequestHeader('Content-Type', 'application/octet-stream')
  request.send(file)
  return { done, cancel: () => request.abort() }
}

const UNITS = ['B', 'KB', 'MB', 'GB']
/** “1.4 MB” */
export function sizeWord(bytes: number): string {
  const step = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log(bytes) / Math.log(1024)))
  const value = bytes / 1024 ** step
  return `${step && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[step]}`
}
