import type { SeatState } from '@/shared/api'

export const serviceName = (seat: SeatState): string => {
  const service = seat.call?.service
  return typeof service === 'string' ? service : (service?.name ?? '')
}
