import { person, type Person } from '../drawn/person'
import { drawnBy } from './vueKit'

export default drawnBy<Person>(person, { name: null, picture: null, size: null })
