/// <reference types="vite/client" />
declare module 'virtual:places' {
  const places: import('./support/places').Place[]
  export default places
}
declare module 'virtual:land' {
  const land: import('geojson').FeatureCollection
  export default land
}
