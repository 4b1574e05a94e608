import { picture, type Picture } from '../drawn/picture'
import { drawnBy } from './vueKit'

export default drawnBy<Picture>(picture, { category: null, seed: null, image: null, placeholder: null, alt: null, iconSize: null })
