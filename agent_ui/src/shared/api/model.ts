/** The things the API speaks of, by the names the pages use; their shapes are generated (`schema.d.ts`). Rooms hold the same shapes (docs/events.md §3). */
import type { components } from './schema'

type Shape<N extends keyof components['schemas']> = components['schemas'][N]

export type Id = string
/** ISO 8601 in UTC, as the server sends every time. */
export type Instant = string
export type Captions = Shape<'ChoiceShape'>['label']
export type Named = Shape<'NamedShape'>
export interface Page<T> { items: T[]; total: number; page: number; page_size: number }

export type Me = Shape<'Me'>
export type Role = Me['user']['role']
export type Home = Me['home']
export type Permission = Me['permissions'][number]
export type Locale = Me['locale']
export type ErrorBody = Shape<'ErrorBody'>

export type AgentState = Shape<'AgentStateShape'>
export type AgentStateName = AgentState['state']
export const AGENT_STATES = [
  'ready', 'not_ready', 'offline', 'reserved', 'ringing', 'talking', 'hold', 'consulting', 'wrap_up',
] as const satisfies readonly AgentStateName[]
export type ForcedState = Shape<'ForceBody'>['state']

export type Desk = Shape<'DeskShape'>
export type DeskCall = Shape<'DeskCallShape'>
export type Phone = Shape<'PhoneShape'>
export type Target = Shape<'TargetBody'>
export type FoundTarget = Shape<'TargetShape'>
export type Choice = Shape<'ChoiceShape'>
export type SoftphoneAccount = Shape<'SoftphoneShape'>
export type Caller = Shape<'CallerShape'>
export type Pop = Shape<'PopShape'>
export type HistoryItem = Shape<'HistoryShape'>
export type Draft = Shape<'DraftShape'>
export type Day = Shape<'OwnDayShape'>
export type QueueFigures = Shape<'QueueShape'>
export type Appointment = Shape<'AppointmentShape'>
export type Work = Shape<'WorkShape'>
export type OwnTask = Shape<'OwnTaskShape'>
export type CallingTask = Shape<'TaskShape'>
export type Attempt = Shape<'AttemptShape'>

export type CallItem = Shape<'CallShape'>
export type CallDetail = Shape<'CallDetail'>
export type CallLeg = Shape<'LegShape'>
export type Recording = Shape<'RecordingShape'>

export type Definition = Shape<'DefinitionAnswer'>
export type Field = Shape<'FieldAnswer'>
export type FieldType = Field['type']
export type ObjectBrief = Shape<'ObjectShape'>
export type Option = Shape<'OptionAnswer'>
export type Region = Shape<'RegionAnswer'>
export type Condition = Shape<'ConditionShape'>
export type Test = Shape<'TestShape'>
export type DataRecord = Shape<'RecordShape'>
export type Values = DataRecord['values']
export type RecordChange = Shape<'ChangeShape'>
export type Comment = Shape<'CommentAnswer'>
export type Attachment = Shape<'AttachmentAnswer'>
export type DeletedRecord = Shape<'DeletedRecord'>
export type Duplicate = Shape<'DuplicateAnswer'>
export type DuplicateRule = Definition['duplicates'][number]
export type Callback = Shape<'CallbackShape'>
export type Voicemail = Shape<'VoicemailShape'>
export type VoicemailDetail = Shape<'VoicemailDetail'>
export type VoicemailSound = Shape<'VoicemailSound'>
export type VoicemailBox = Shape<'VoicemailBoxShape'>
export type Notice = Shape<'NoticeShape'>
export type Job = Shape<'JobShape'>
export type RecordView = Shape<'ViewAnswer'>
export type RecordViews = Shape<'ViewsAnswer'>
export type RecordTotals = Shape<'TotalsShape'>
export type ViewBody = Shape<'ViewBody'>
export type BulkBody = Shape<'BulkBody'>
export type BulkOutcome = Shape<'BulkAnswer'>
export type Transfer = Shape<'TransferShape'>
export type Import = Shape<'ImportAnswer'>
export type ImportWish = Shape<'ImportWish'>
export type ExportWish = Shape<'ExportWish'>
export type DesignItem = Shape<'DesignItem'>
export type DesignAnswer = Shape<'DesignAnswer'>
export type DesignProblem = Shape<'Problem'>
export type DesignChange = Shape<'Change'>
export type DesignEffect = DesignChange['effects'][number]
export type Loss = Shape<'Loss'>
export type DesignVersion = Shape<'VersionItem'>
export type HiddenField = Shape<'HiddenField'>
export type ReadySetting = Shape<'ReadyAnswer'>
export type FieldTypeInfo = Shape<'TypeAnswer'>
export type TriggerRun = Shape<'RunShape'>
export type TriggerStep = Shape<'StepShape'>
export type TriggerCalling = Shape<'CallingShape'>
export type TriggerTrial = Shape<'TryAnswer'>
export type TriedTrigger = Shape<'TriedTrigger'>
export type TriedStep = Shape<'TriedStep'>
export type Trial = Shape<'TrialAnswer'>
export type TrialItem = Shape<'TrialItem'>
export type TrialDetail = Shape<'Detail'>
export type ImportOutcome = Shape<'Outcome'>
export type ReadySet = Shape<'SetAnswer'>

export type SeatState = Shape<'WallSeatShape'>
export type QueueState = Shape<'WallQueueShape'>
export type TrendPoint = Shape<'TrendShape'>
export type Wall = Shape<'WallShape'>
export type AgentRow = Shape<'AgentRow'>
export type ServiceRow = Shape<'ServiceRow'>

export type QualityForm = Shape<'FormShape'>
export type Mark = Shape<'MarkShape'>
export type Score = Shape<'ScoreShape'>
export type QualityItem = Shape<'QualityItem'>
export type QualityDetail = Shape<'QualityDetail'>

export type Seat = Shape<'AdminSeatShape'>
export type Team = Shape<'TeamShape'>
export type Skill = Shape<'SkillShape'>
export type Extension = Shape<'ExtensionShape'>
export type AgentService = Shape<'AgentServiceShape'>
export type Schedule = Shape<'ScheduleShape'>
export type ScheduleBody = Shape<'ScheduleBody'>
export type Week = Shape<'WeekShape'>
export type Weekday = keyof Week
export type Period = Shape<'PeriodShape'>
export type SpecialDays = Shape<'SpecialShape'>
export type Standing = Shape<'StandingShape'>
export type ScheduleMonth = Shape<'MonthShape'>
export type ScheduleDay = Shape<'DayShape'>
export type EmergencyBody = Shape<'EmergencyBody'>
export type Holiday = Shape<'HolidayShape'>
export type HolidayYear = Shape<'YearShape'>
export type RoutingService = Shape<'RoutingServiceShape'>
export type RoutingRules = Shape<'RulesShape'>
export type RoutingRule = Shape<'RuleShape'>
export type RouteTest = Shape<'RouteTestShape'>
export type RouteTarget = Shape<'RouteTargetShape'>
export type OverflowTarget = Shape<'OverflowTarget'>
export type CallToTry = Shape<'CallToTry'>
export type CallTried = Shape<'CallTried'>
export type RouteStep = Shape<'RouteStep'>
export type RouteAnswer = Shape<'RouteAnswer'>
export type CallerList = Shape<'CallerListShape'>
export type ListedCaller = Shape<'ListedShape'>
export type CallersTaken = Shape<'TakenShape'>
export type Reason = Shape<'ReasonShape'>
export type Disposition = Shape<'DispositionShape'>
export type AccessNumber = Shape<'AccessNumberShape'>
export type Trunk = Shape<'TrunkShape'>
export type Enterprise = Shape<'EnterpriseShape'>
export type OptionDefinition = Shape<'OptionShape'>
export type CodeTable = Shape<'CodeTableAnswer'>
export type CodeTableItem = Shape<'CodeTableItem'>
export type CodeOption = Shape<'CodeOption'>
export type CodeFileResult = Shape<'CodeFileAnswer'>
export type Template = Shape<'TemplateAnswer'>
export type TemplateItem = Shape<'TemplateItem'>
export type PreviewBody = Shape<'PreviewBody'>
export type Preview = Shape<'PreviewAnswer'>
export type Overview = Shape<'OverviewShape'>
export type AuditEntry = Shape<'ActShape'>
