/** Sends a file as it is, with its progress: `fetch` tells none. */
import { ApiError, errorFrom, unsafeHeaders, type Attachment } from '@/shared/api'

export interface Upload { done: Promise<Attachment>; cancel: () => void }

export function upload(path: { identifier: string; record_id: string }, file: File, tell: (part: number) => void): Upload {
  const request = new XMLHttpRequest()
  const done = new Promise<Attachment>((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && tell(event.loaded / event.total)
    request.onload = () => {
      const answer: unknown = request.response
      if (request.status === 201) resolve(answer as Attachment)
      else reject(errorFrom(request.status, answer))
    }
    request.onerror = () => reject(new ApiError(0, 'offline', 'offline'))
    request.onabort = () => reject(new DOMException('cancelled', 'AbortError'))
  })
  request.open('POST', `/api/v1/objects/${path.identifier}/records/${path.record_id}/attachments?name=${encodeURIComponent(file.name)}`)
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
