/** ECharts, only the parts that are drawn; colours from the theme's own variables. */
import { BarChart, LineChart, PieChart } from 'echarts/charts'
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { init, use, type EChartsCoreOption } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { onBeforeUnmount, onMounted, watch, type Ref } from 'vue'

use([BarChart, LineChart, PieChart, GridComponent, MarkLineComponent, TooltipComponent, AriaComponent, SVGRenderer])

export const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

export function useChart(element: Ref<HTMLElement | undefined>, option: () => EChartsCoreOption): void {
  let stop = () => {}
  onMounted(() => {
    if (!element.value) return
    const chart = init(element.value, null, { renderer: 'svg' })
    const resize = new ResizeObserver(() => chart.resize())
    resize.observe(element.value)
    const unwatch = watch(option, (next) => chart.setOption(next, true), { immediate: true })
    stop = () => {
      unwatch()
      resize.disconnect()
      chart.dispose()
    }
  })
  onBeforeUnmount(() => stop())
}
