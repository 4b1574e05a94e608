import {
  Briefcase,
  CarFront,
  ChefHat,
  Flower2,
  GraduationCap,
  Hammer,
  HeartHandshake,
  Leaf,
  Monitor,
  PartyPopper,
  PawPrint,
  Scissors,
  Shovel,
  Sparkles,
  TreePine,
  Truck,
  Wrench,
  Zap,
  type LucideIcon,
} from 'lucide-vue-next'

/** Icons by words in a category's slug: the first that fits. Whatever is new gets the briefcase. */
const ICONS: readonly [RegExp, LucideIcon][] = [
  [/tree|hedge/, TreePine],
  [/lawn|garden|landscap|irrigation/, Leaf],
  [/fenc|deck|concret|waste|rubbish/, Shovel],
  [/flor/, Flower2],
  [/electric|heating|appliance/, Zap],
  [/plumb|lock|handyman|furniture-assembly|repair/, Wrench],
  [/clean|wash|laundry|oven/, Sparkles],
  [/mov|deliver|courier|pack|storage/, Truck],
  [/cater|cake|bartend/, ChefHat],
  [/party|event|dj|photo|video/, PartyPopper],
  [/dog|pet|aquarium/, PawPrint],
  [/hair|makeup|nail|lash|wax|beauty/, Scissors],
  [/driving|car|auto|mechanic|vehicle|tyre/, CarFront],
  [/tutor|lesson|coach|train/, GraduationCap],
  [/care|sitting|support|massage|yoga|counsel|nutrition/, HeartHandshake],
  [/comput|tech|web|it-|phone|design|software/, Monitor],
  [/home|carpent|paint|plaster|til|floor|roof|glaz|curtain|pest/, Hammer],
]

/** The icon of a category. */
export function categoryIcon(slug: string): LucideIcon {
  return ICONS.find(([pattern]) => pattern.test(slug))?.[1] ?? Briefcase
}
