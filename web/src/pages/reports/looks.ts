import {
  CircleHelp, Droplets, Footprints, Car, Lamp, PaintRoller, Signpost, Trash2, TreeDeciduous, TreePine, TriangleAlert, Waves, type LucideIcon,
} from 'lucide-vue-next'
import type { Schemas } from '../../support/schemas'

const ICONS: Record<Schemas['ReportCategory'], LucideIcon> = {
  pothole: TriangleAlert, footpath: Footprints, street_light: Lamp, graffiti: PaintRoller, rubbish: Trash2, water_leak: Droplets, drain: Waves, tree: TreeDeciduous, sign: Signpost, park: TreePine, abandoned_vehicle: Car, other: CircleHelp,
}
/** The sign of a kind of report; one that is new gets a plain one. */
export const reportIcon = (category: Schemas['ReportCategory']): LucideIcon => ICONS[category] ?? CircleHelp

/** Colour of a report's status: gold waits for somebody's word, blue is out in the open or on its way, green is done. */
export function reportTone(status: Schemas['ReportStatus']): string {
  if (status === 'resolved') return 'tag-ok'
  if (status === 'verified' || status === 'acknowledged' || status === 'in_progress') return 'tag-info'
  if (['pending_verification', 'needs_review', 'reopened'].includes(status)) return 'tag-wait'
  return status === 'rejected' || status === 'hidden' ? 'tag-bad' : 'tag-off'
}
