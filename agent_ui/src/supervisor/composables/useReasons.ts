/** Why a seat is not ready: the wall carries the reason's id, the desk knows its words. */
import { useDesk } from '@/console/composables/useDesk'
import type { SeatState } from '@/shared/api'
import { caption } from '@/shared/i18n'

export function useReasons() {
  const desk = useDesk()
  return (seat: SeatState): string => caption(desk.reasonLabel(seat.reason_id))
}
