import { BadgeCheck, Clock, CreditCard, MapPin, Plus, Star, Zap, type LucideIcon } from 'lucide-vue-next'
import { h, type ComponentPropsOptions, type FunctionalComponent, type VNode } from 'vue'
import { RouterLink } from 'vue-router'
import type { Icon, Kit } from '../drawn/kit'
import { categoryIcon } from './categoryIcons'

const ICONS: Record<Icon & string, LucideIcon> = { star: Star, clock: Clock, place: MapPin, instant: Zap, verified: BadgeCheck, more: Plus, card: CreditCard }

/** Draws in the app. */
export const vueKit: Kit<VNode> = {
  el: (tag, attributes, children = []) => h(tag, attributes, [...children]),
  link: (to, attributes, children) => h(RouterLink, { to, ...attributes }, () => [...children]),
  icon: (icon, attributes) => h(typeof icon === 'string' ? ICONS[icon] : categoryIcon(icon.category), attributes),
}

/**
 * A component of what is drawn with a kit.
 * @param props all that it takes: `Boolean` for what a template may name without a value, else `null`.
 */
export function drawnBy<P extends object>(draw: (kit: Kit<VNode>, props: P) => VNode, props: Record<keyof P, BooleanConstructor | null>): FunctionalComponent<P> {
  return Object.assign((given: P) => draw(vueKit, given), { props: props as ComponentPropsOptions<P> })
}
