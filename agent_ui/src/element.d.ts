/** Element Plus components that templates use without importing them (vite resolves them on demand). */
import type * as element from 'element-plus'

/** Rows are ours: the table knows them only as records, so what a column shows is typed by its page. */
interface TableColumn {
  new (): {
    $props: InstanceType<typeof element.ElTableColumn>['$props']
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    $slots: { default?: (scope: { row: any; $index: number }) => unknown; header?: (scope: { $index: number }) => unknown }
  }
}

declare module 'vue' {
  export interface GlobalComponents {
    ElAutocomplete: typeof element.ElAutocomplete
    ElButton: typeof element.ElButton
    ElCascader: typeof element.ElCascader
    ElCheckbox: typeof element.ElCheckbox
    ElCheckboxGroup: typeof element.ElCheckboxGroup
    ElConfigProvider: typeof element.ElConfigProvider
    ElDatePicker: typeof element.ElDatePicker
    ElDialog: typeof element.ElDialog
    ElDrawer: typeof element.ElDrawer
    ElDropdown: typeof element.ElDropdown
    ElDropdownItem: typeof element.ElDropdownItem
    ElDropdownMenu: typeof element.ElDropdownMenu
    ElForm: typeof element.ElForm
    ElFormItem: typeof element.ElFormItem
    ElInput: typeof element.ElInput
    ElInputNumber: typeof element.ElInputNumber
    ElMention: typeof element.ElMention
    ElOption: typeof element.ElOption
    ElOptionGroup: typeof element.ElOptionGroup
    ElPagination: typeof element.ElPagination
    ElPopover: typeof element.ElPopover
    ElRadioButton: typeof element.ElRadioButton
    ElRadioGroup: typeof element.ElRadioGroup
    ElRate: typeof element.ElRate
    ElSelect: typeof element.ElSelect
    ElSelectV2: typeof element.ElSelectV2
    ElSlider: typeof element.ElSlider
    ElSwitch: typeof element.ElSwitch
    ElTable: typeof element.ElTable
    ElTableColumn: TableColumn
  }
}
